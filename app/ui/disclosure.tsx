import type { ReactNode, Ref } from "react";

export const TONES = { ink: "text-ink", accent: "text-accent", bad: "text-bad" } as const;

export interface DisclosureProps {
  label: string;
  tone?: keyof typeof TONES;
  /** The question before an action that cannot be undone. */
  question?: string;
  /** Whether it is open at first. */
  open?: boolean;
  ref?: Ref<HTMLDetailsElement>;
  children?: ReactNode;
}

/** A section that opens on click. It works without JavaScript. */
export function Disclosure({ label, tone = "ink", question, open, ref, children }: DisclosureProps) {
  return (
    <details className="group rounded-xl border border-line bg-paper" open={open} ref={ref}>
      <summary
        className={`flex min-h-11 items-center justify-between gap-3 rounded-xl px-4 py-2 font-medium hover:bg-raised ${TONES[tone]}`}
      >
        {label}
        <Chevron />
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
