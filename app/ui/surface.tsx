import type { ReactNode } from "react";

/** A piece of paper on the ground. */
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

/** Says something that must not be missed; a screen reader reads it out when it appears. */
export function Notice({ tone = "neutral", title, children }: { tone?: Tone; title?: string; children?: ReactNode }) {
  return (
    <div className={`rounded-xl p-4 ${tones[tone]}`} role={tone === "bad" ? "alert" : "status"}>
      {title ? <p className="font-semibold">{title}</p> : null}
      {children ? <div className="text-sm">{children}</div> : null}
    </div>
  );
}

/** What a list shows when there is nothing in it: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-2xl border border-line border-dashed px-6 py-14 text-center">
      <p className="font-semibold">{title}</p>
      {children ? <div className="mt-2 text-muted">{children}</div> : null}
    </div>
  );
}

export function Progress({ label, value, max }: { label: string; value: number; max: number }) {
  return (
    <div className="grid gap-1">
      <div className="flex justify-between text-sm">
        <span>{label}</span>
        <span className="text-muted tabular-nums">
          {value} of {max}
        </span>
      </div>
      <progress aria-label={label} className="h-2 w-full accent-accent" max={Math.max(max, 1)} value={value} />
    </div>
  );
}

/** A part of a page under a heading of its own, for what brings its own paper: tables, lists of cards. */
export function Titled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid min-w-0 gap-3">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
