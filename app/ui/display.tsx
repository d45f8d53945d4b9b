import type { ComponentProps, PropsWithChildren, ReactNode } from "react";
import { inWords } from "@/lib/in-words";
import { Breadcrumbs, type Crumb } from "./breadcrumbs";
import { ButtonLink } from "./button";

type PageContentProps = PropsWithChildren<{
  title: ReactNode;
  beside?: ReactNode;
  /** The pages above this one. */
  trail?: Crumb[];
  className?: string;
}>;

/** The content of a page: its heading, with badges or links beside it, and its sections. */
export function PageContent({ title, beside, trail, className = "", children }: PageContentProps) {
  return (
    <div className={`grid gap-6 ${className}`}>
      {trail ? <Breadcrumbs current={title} trail={trail} /> : null}
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="min-w-0 wrap-anywhere">{title}</h1>
        {beside}
      </div>
      {children}
    </div>
  );
}

interface CardProps {
  title?: string;
  /** The target of a link to the section. */
  id?: string;
  children: ReactNode;
  className?: string;
}

/** A section with a border and its own background. */
export function Card({ title, id, children, className = "" }: CardProps) {
  const layout = title ? "grid content-start gap-4 *:min-w-0" : "";
  return (
    <section className={`rounded-2xl border border-line bg-paper p-5 sm:p-6 ${layout} ${className}`} id={id}>
      {title ? <h2>{title}</h2> : null}
      {children}
    </section>
  );
}

/** A section with a heading, for content with its own background: tables and lists of cards. */
export function Titled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid min-w-0 gap-3">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const tones = {
  neutral: "bg-raised text-ink",
  good: "bg-good-ground text-good",
  warn: "bg-warn-ground text-warn",
  bad: "bg-bad-ground text-bad",
} as const;

export type Tone = keyof typeof tones;

export function Badge({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center whitespace-nowrap rounded-full px-2.5 py-0.5 font-medium text-sm ${tones[tone]}`}
    >
      {children}
    </span>
  );
}

/** Colour of a status: `good` is successful, `warn` in progress, `bad` needs attention. Any other status is neutral. */
const STATUS_TONES: Record<string, Tone> = {
  ...{ confirmed: "good", shipped: "good", delivered: "good", succeeded: "good", paid: "good" },
  ...{ done: "good", sent: "good", opened: "good", clicked: "good", released: "good", on: "good" },
  ...{ pending: "warn", awaiting_payment: "warn", requires_action: "warn", held: "warn", queued: "warn" },
  ...{
    scheduled: "warn",
    planning: "warn",
    sending: "warn",
    fetching: "warn",
    checking: "warn",
    applying: "warn",
    manual: "warn",
  },
  ...{ failed: "bad", payment_failed: "bad", rejected: "bad", bounced: "bad", complained: "bad", expired: "bad" },
};

/** A status in the console, as text and colour. */
export function StatusBadge({ status }: { status: string }) {
  // Stripe writes "canceled".
  const text = inWords(status === "canceled" ? "cancelled" : status);
  return <Badge tone={STATUS_TONES[status] ?? "neutral"}>{text}</Badge>;
}

type MessageProps = Omit<ComponentProps<"div">, "title"> & { tone?: Tone; title?: string };

/** A message that a screen reader reads aloud when it appears. */
export function Message({ tone = "neutral", title, children, ...props }: MessageProps) {
  return (
    <div
      className={`rounded-xl p-4 wrap-anywhere ${tones[tone]}`}
      role={tone === "bad" ? "alert" : "status"}
      {...props}
    >
      {title ? <p className="font-semibold">{title}</p> : null}
      {children ? <div className="text-sm">{children}</div> : null}
    </div>
  );
}

/** Shown instead of an empty list: the reason, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-2xl border border-line border-dashed px-6 py-14 text-center">
      <p className="font-semibold">{title}</p>
      {children ? <div className="mt-2 text-muted">{children}</div> : null}
    </div>
  );
}

/** A progress bar. Without `max`, the total is not known yet. */
export function Progress({ label, value, max }: { label: string; value: number; max?: number }) {
  const count = (amount: number) => amount.toLocaleString("en");
  return (
    <div className="grid gap-1">
      <div className="flex justify-between gap-4 text-sm">
        <span>{label}</span>
        <span className="text-muted tabular-nums">
          {count(value)}
          {max === undefined ? " so far" : ` of ${count(max)}`}
        </span>
      </div>
      <progress
        aria-label={label}
        className="h-2 w-full"
        {...(max === undefined ? {} : { max: Math.max(max, 1), value })}
      />
    </div>
  );
}

/** A figure with its label. `warn` marks a value that needs attention; the note says why. */
export function Stat({ label, value, note, warn }: { label: string; value: string; note?: string; warn?: boolean }) {
  return (
    <Card>
      <p className="text-muted text-sm">{label}</p>
      <p className={`mt-1 font-semibold text-xl tabular-nums sm:text-2xl ${warn ? "text-bad" : "text-ink"}`}>{value}</p>
      {note ? <p className={`text-sm ${warn ? "text-bad" : "text-muted"}`}>{note}</p> : null}
    </Card>
  );
}

/** Counts with their labels. */
export function Figures({ figures }: { figures: Record<string, number> }) {
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
      {Object.entries(figures).map(([label, count]) => (
        <div key={label}>
          <dt className="text-muted text-sm first-letter:uppercase">{label}</dt>
          <dd className="font-semibold text-xl tabular-nums">{count.toLocaleString("en")}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Shown for a missing page and for a page that the user has no access to. */
export function NotFoundMessage({ home = { href: "/", label: "Go to products" } }) {
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-4 py-16">
      <h1>Page not found</h1>
      <p className="text-muted">
        Check the address. This page may not exist, or your account may not have access to it.
      </p>
      <ButtonLink href={home.href}>{home.label}</ButtonLink>
    </div>
  );
}
