import { review } from "@/app/console/orders/actions";
import { ActionForm } from "@/app/ui/action-form";
import { Breakable } from "@/app/ui/breakable";
import { Card } from "@/app/ui/display";
import { Link, TextLink } from "@/app/ui/link";
import { Timestamp } from "@/app/ui/timestamp";
import type { Attention } from "@/lib/console/attention";
import { formatMoney } from "@/lib/money";
import type { ManagedOrder } from "@/lib/orders/list-orders";

/** What waits for a person: the text for one and for several, and where it is dealt with. */
const ITEMS: { key: keyof Attention; one: string; several: string; href: string }[] = [
  { key: "held", one: "order held for review", several: "orders held for review", href: "/console/orders?review=held" },
  { key: "expenses", one: "expense to decide", several: "expenses to decide", href: "/console/approvals" },
  { key: "refunds", one: "failed refund", several: "failed refunds", href: "/console/manual-queue" },
  { key: "disputes", one: "open dispute", several: "open disputes", href: "/console/orders?dispute=open" },
  {
    key: "tasks",
    one: "task in the manual queue",
    several: "tasks in the manual queue",
    href: "/console/manual-queue",
  },
  {
    key: "lowStock",
    one: "product low on stock",
    several: "products low on stock",
    href: "/console/products?show=low",
  },
  { key: "alerts", one: "open alert", several: "open alerts", href: "/console#alerts" },
];

/** The first section of the overview: what waits for a person, each with a link, and the newest held orders to release at once. */
export function AttentionList({ attention, held }: { attention: Attention; held: ManagedOrder[] }) {
  const open = ITEMS.filter(({ key }) => attention[key] > 0);
  return (
    <Card title="Needs attention">
      {open.length === 0 ? (
        <p className="text-muted">
          <span aria-hidden>✓ </span>Nothing waits for you.
        </p>
      ) : (
        <ul className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
          {open.map(({ key, one, several, href }) => (
            <li key={key}>
              <Link
                className="flex min-h-14 items-baseline gap-3 rounded-xl border border-line px-4 py-3 hover:bg-raised"
                href={href}
              >
                <span className="font-semibold text-xl tabular-nums">{attention[key]}</span>
                <span className="text-accent underline">{attention[key] === 1 ? one : several}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {held.length > 0 ? (
        <ul className="grid gap-2" aria-label="Orders held for review">
          {held.map(({ id, number, email, total, createdAt }) => (
            <li
              className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line px-4 py-2"
              key={id}
            >
              <TextLink className="inline-flex min-h-11 items-center font-semibold" href={`/console/orders/${id}`}>
                {number}
              </TextLink>
              <span className="min-w-0 wrap-anywhere">
                <Breakable text={email} />
              </span>
              <span className="text-muted">
                <Timestamp at={createdAt} />
              </span>
              <span className="ml-auto tabular-nums">{formatMoney(total)}</span>
              <ActionForm
                action={review}
                hidden={{ id, decision: "release" }}
                kind="quiet"
                submit={`Release ${number}`}
              />
            </li>
          ))}
        </ul>
      ) : null}
    </Card>
  );
}
