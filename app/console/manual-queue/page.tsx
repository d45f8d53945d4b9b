import type { Metadata } from "next";
import Link from "next/link";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { SelectField, TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { When } from "@/app/ui/when";
import { listTasks } from "@/lib/manual-queue/list-tasks";
import { resolve } from "./actions";

export const metadata: Metadata = { title: "Manual queue" };

/** Where one sees what a task is about. */
const LINKS: Record<string, (id: string) => string> = {
  import: (id) => `/console/imports/${id}`,
  payout: () => "/console/approvals",
};

export default async function ManualQueuePage({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  await requireOperator("/console/manual-queue");
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listTasks({ status: "open", limit: 20, cursor });
  return (
    <div className="grid max-w-3xl gap-6">
      <h1>Manual queue</h1>
      {items.length === 0 ? <Empty title="Nothing waits for a person." /> : null}
      {items.map(({ id, kind, entityId, cause, createdAt }) => (
        <Card className="grid gap-3" key={id}>
          <div className="flex flex-wrap items-center gap-3">
            <h2>
              <Link className="text-accent underline" href={LINKS[kind]?.(entityId) ?? "/console"}>
                {kind}
              </Link>
            </h2>
            <When at={createdAt} />
          </div>
          <p>{cause.message}</p>
          <ActionForm action={resolve} submit="Decide">
            <input name="id" type="hidden" value={id} />
            <SelectField id={`action-${id}`} label="What is to happen" name="action">
              <option value="resume">Go on from where it stopped</option>
              <option value="dismiss">Leave it at that</option>
            </SelectField>
            <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
          </ActionForm>
        </Card>
      ))}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
