import { ActionForm } from "@/app/ui/action-form";
import { Card, Empty, PageContent } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { StatusTabs } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { countTasks, listTasks } from "@/lib/console/manual-tasks";
import { resolveManualTask } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Manual queue" };

type Task = Awaited<ReturnType<typeof listTasks>>["items"][number];

interface Kind {
  label: string;
  href: (entityId: string, cause: Task["cause"]) => string;
  /** The labels of the decisions, if they differ from Resume and Dismiss. */
  actions?: { resume?: string; dismiss: string };
}

const DECISIONS = { resume: "Resume", dismiss: "Dismiss" };
const REFUND_DECISIONS = { resume: "Retry the refund", dismiss: "Paid back otherwise" };

const orderPage: Kind["href"] = (_id, { orderId }) => `/console/orders/${String(orderId)}`;

/** The label of each kind of task, and the page with its details. */
const KINDS: Record<string, Kind | undefined> = {
  import: { label: "Import", href: (id) => `/console/imports/${id}` },
  payout: { label: "Expense payout", href: () => "/console/approvals" },
  event: { label: "Unsent event", href: () => "/console" },
  payment: { label: "Payment of no order", href: orderPage, actions: { dismiss: "Paid back" } },
  refund: { label: "Failed refund", href: orderPage, actions: REFUND_DECISIONS },
  subscription_refund: {
    label: "Failed refund of a subscription",
    href: (_id, { userId }) => `/console/customers/${String(userId)}`,
    actions: REFUND_DECISIONS,
  },
};

export default consolePage<"status" | "cursor">(async ({ status: requested, cursor }) => {
  const status = requested === "resolved" ? "resolved" : "open";
  const [{ items, nextCursor }, rows] = await Promise.all([
    listTasks({ status, limit: 20, cursor }),
    countTasks(status),
  ]);
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
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});

function resolvedText(resolution: string | null, { dismiss }: { dismiss: string }): string {
  const isRefund = dismiss === REFUND_DECISIONS.dismiss;
  if (resolution === "resume") return isRefund ? "Retried" : "Resumed";
  return dismiss === DECISIONS.dismiss ? "Dismissed" : dismiss;
}

function TaskCard({ id, kind, entityId, cause, createdAt, resolvedAt, resolution, note }: Task) {
  const { label, href, actions = DECISIONS }: Kind = KINDS[kind] ?? { label: kind, href: () => "/console" };
  return (
    <Card className="grid gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <h2>
          <TextLink href={href(entityId, cause)}>{label}</TextLink>
        </h2>
        <Timestamp at={createdAt} />
      </div>
      <p>{cause.message}</p>
      {resolvedAt ? (
        <p className="text-muted">
          {resolvedText(resolution, actions)} <Timestamp at={resolvedAt} />
          {note ? `: “${note}”` : ""}
        </p>
      ) : (
        <ActionForm action={resolveManualTask} hidden={{ id }} submit="Confirm">
          <SelectField id={`action-${id}`} label="Action" name="action">
            {actions.resume ? <option value="resume">{actions.resume}</option> : null}
            <option value="dismiss">{actions.dismiss}</option>
          </SelectField>
          <TextField id={`note-${id}`} label="Note (optional)" maxLength={1000} name="note" />
        </ActionForm>
      )}
    </Card>
  );
}
