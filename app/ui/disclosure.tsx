import type { ComponentProps, ReactNode } from "react";

const TONES = { ink: "text-ink", accent: "text-accent", bad: "text-bad" } as const;

export interface DisclosureProps {
  label: string;
  tone?: keyof typeof TONES;
  /** The question before an action that cannot be undone. */
  question?: string;
  /** Whether it is open at first. */
  open?: boolean;
  /** Makes the summary open a dialog instead. */
  summary?: Pick<ComponentProps<"summary">, "ref" | "onClick" | "onFocus" | "onPointerEnter">;
  children?: ReactNode;
}

/** A section that opens on click. It works without JavaScript. */
export function Disclosure({ label, tone = "ink", question, open, summary, children }: DisclosureProps) {
  return (
    <details className="group rounded-xl border border-line bg-paper" open={open}>
      <summary
        aria-haspopup={summary ? "dialog" : undefined}
        className={`flex min-h-11 items-center rounded-xl px-4 py-2 font-medium hover:bg-raised ${summary ? "" : "justify-between gap-3"} ${TONES[tone]}`}
        {...summary}
      >
        <span>{label}</span>
        {summary ? <span aria-hidden>…</span> : <Chevron />}
      </summary>
      <div className="grid gap-3 border-line border-t p-4">
        {question ? <p className="text-muted">{question}</p> : null}
        {children}
      </div>
    </details>
  );
}

/** An arrow that points down, and up if the `group` around it is open. */
export function Chevron() {
  return (
    <svg
      aria-hidden="true"
      className="size-4 shrink-0 transition-transform group-open:rotate-180 motion-reduce:transition-none"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      strokeWidth="2"
      viewBox="0 0 16 16"
    >
      <path d="M3 6l5 5 5-5" />
    </svg>
  );
}
