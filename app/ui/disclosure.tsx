import type { ReactNode } from "react";

const tones = { ink: "text-ink", accent: "text-accent", bad: "text-bad" } as const;

/** Something that is looked at, or filled in, only when it is wanted. Works without JavaScript. */
export function Disclosure({
  label,
  tone = "ink",
  open,
  children,
}: {
  label: string;
  tone?: keyof typeof tones;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details className="group rounded-xl border border-line bg-paper" open={open}>
      <summary
        className={`flex min-h-11 items-center justify-between gap-3 rounded-xl px-4 py-2 font-medium hover:bg-raised ${tones[tone]}`}
      >
        {label}
        <Chevron />
      </summary>
      <div className="grid gap-3 border-line border-t p-4">{children}</div>
    </details>
  );
}

/** Points down, and up when the `group` around it is open. */
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

/** For what cannot be taken back: the button opens the question, and only its answer acts. */
export function Ask({
  label,
  question,
  tone = "bad",
  children,
}: {
  label: string;
  question: string;
  tone?: keyof typeof tones;
  children: ReactNode;
}) {
  return (
    <Disclosure label={label} tone={tone}>
      <p className="text-muted">{question}</p>
      {children}
    </Disclosure>
  );
}
