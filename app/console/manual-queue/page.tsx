import { ActionForm } from "@/app/ui/action-form";
import { Card, Empty, PageContent, Timestamp } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Pager, StatusTabs } from "@/app/ui/list";
import { listTasks } from "@/lib/console/manual-tasks";
import { resolveManualTask } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Manual queue" };

type Task = Awaited<ReturnType<typeof listTasks>>["items"][number];

/** The label of each kind of task, and the page with its details. */
const KINDS: Record<string, { label: string; href: (entityId: string) => string }> = {
  import: { label: "Import", href: (id) => `/console/imports/${id}` },
  payout: { label: "Expense payout", href: () => "/console/approvals" },
  event: { label: "Unsent event", href: () => "/console" },
};

export default consolePage<"status" | "cursor">(async ({ status: requested, cursor }) => {
  const status = requested === "resolved" ? "resolved" : "open";
  const { items, nextCursor } = await listTasks({ status, limit: 20, cursor });
  return (
    <PageContent title="Manual queue" className="max-w-3xl">
      <StatusTabs path="/console/manual-queue" labels={{ open: "Open", resolved: "Resolved" }} current={status} />
      {items.length === 0 ? (
        <Empty title={`No ${status} tasks`}>
          {status === "open"
            ? "Work that needs a manual decision appears here, with its cause."
            : "Resolved tasks stay here, with your note."}
        </Empty>
      ) : null}
      <ul className="grid gap-4">
        {items.map((task) => (
          <li key={task.id}>
            <TaskCard {...task} />
          </li>
        ))}
      </ul>
      <Pager nextCursor={nextCursor} query={{ status: requested }} />
    </PageContent>
  );
});

function TaskCard({ id, kind, entityId, cause, createdAt, resolvedAt, resolution, note }: Task) {
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
