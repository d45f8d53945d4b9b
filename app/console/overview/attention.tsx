import { Card } from "@/app/ui/display";
import { Link } from "@/app/ui/link";
import type { Attention } from "@/lib/console/attention";

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

/** The first section of the overview: what waits for a person, each with a link. */
export function AttentionList({ attention }: { attention: Attention }) {
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
    </Card>
  );
}
