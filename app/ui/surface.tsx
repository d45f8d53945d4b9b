import type { ReactNode } from "react";

/** A section with a border and its own background. */
export function Card({ children, className = "" }: { children: ReactNode; className?: string }) {
  return <section className={`rounded-2xl border border-line bg-paper p-5 sm:p-6 ${className}`}>{children}</section>;
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

/** A message that a screen reader reads aloud when it appears. */
export function Message({ tone = "neutral", title, children }: { tone?: Tone; title?: string; children?: ReactNode }) {
  return (
    <div className={`rounded-xl p-4 wrap-anywhere ${tones[tone]}`} role={tone === "bad" ? "alert" : "status"}>
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

/** A section with a heading, for content with its own background: tables and lists of cards. */
export function Titled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid min-w-0 gap-3">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
