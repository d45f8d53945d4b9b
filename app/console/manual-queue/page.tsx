import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { SelectField, TextField } from "@/app/ui/field";
import { FilterTabs } from "@/app/ui/filter-tabs";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { Timestamp } from "@/app/ui/timestamp";
import { listTasks } from "@/lib/console/manual-tasks";
import { resolveManualTask } from "../actions";

export const metadata = { title: "Manual queue" };

type Task = Awaited<ReturnType<typeof listTasks>>["items"][number];

/** The label of each kind of task, and the page with its details. */
const KINDS: Record<string, { label: string; href: (entityId: string) => string }> = {
  import: { label: "Import", href: (id) => `/console/imports/${id}` },
  payout: { label: "Expense payout", href: () => "/console/approvals" },
  event: { label: "Unsent event", href: () => "/console" },
};

export default async function ManualQueuePage({ searchParams }: PageQuery<"status" | "cursor">) {
  await requireOperator();
  const { status: requested, cursor } = await searchParams;
  const status = requested === "resolved" ? "resolved" : "open";
  const { items, nextCursor } = await listTasks({ status, limit: 20, cursor });
  return (
    <div className="grid max-w-3xl gap-6">
      <h1>Manual queue</h1>
      <FilterTabs
        label="Filter by status"
        options={[
          { label: "Open", href: "/console/manual-queue", current: status === "open" },
          { label: "Resolved", href: "/console/manual-queue?status=resolved", current: status === "resolved" },
        ]}
      />
      {items.length === 0 && status === "open" ? (
        <Empty title="No open tasks">Work that needs a manual decision appears here, with its cause.</Empty>
      ) : null}
      {items.length === 0 && status === "resolved" ? (
        <Empty title="No resolved tasks">Resolved tasks stay here, with your note.</Empty>
      ) : null}
      <ul className="grid gap-4">
        {items.map((task) => (
          <li key={task.id}>
            <TaskCard task={task} />
          </li>
        ))}
      </ul>
      <Pager nextCursor={nextCursor} query={{ status: requested }} />
    </div>
  );
}

function TaskCard({ task: { id, kind, entityId, cause, createdAt, resolvedAt, resolution, note } }: { task: Task }) {
  const { label, href } = KINDS[kind] ?? { label: kind, href: () => "/console" };
  return (
    <Card className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <h2>
          <TextLink href={href(entityId)}>{label}</TextLink>
        </h2>
        <Timestamp at={createdAt} />
      </div>
      <p>{cause.message}</p>
      {resolvedAt ? (
        <p className="text-muted">
          {resolution === "resume" ? "Resumed" : "Dismissed"} <Timestamp at={resolvedAt} />
          {note ? `: “${note}”` : ""}
        </p>
      ) : (
        <ActionForm action={resolveManualTask} hidden={{ id }} submit="Confirm">
          <SelectField id={`action-${id}`} label="Action" name="action">
            <option value="resume">Resume</option>
            <option value="dismiss">Dismiss</option>
          </SelectField>
          <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
        </ActionForm>
      )}
    </Card>
  );
}
