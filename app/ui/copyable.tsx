"use client";

import { type ReactNode, useEffect, useState } from "react";

/** How long the button says what it did. */
const RESULT_MS = 2_000;

interface Props {
  /** The text to copy, such as an id. */
  text: string;
  /** What it is, for screen readers. */
  label: string;
  /** How it is shown. */
  children: ReactNode;
}

/** A text with a button that copies it. Without JavaScript, and without a clipboard, the button is hidden. */
export function Copyable({ text, label, children }: Props) {
  const [ready, setReady] = useState(false);
  const [result, setResult] = useState("");
  useEffect(() => setReady(navigator.clipboard !== undefined), []);
  useEffect(() => {
    if (result === "") return;
    const timer = setTimeout(() => setResult(""), RESULT_MS);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setResult("Copied"),
      () => setResult("Not copied"),
    );
  return (
    <span className="inline-flex max-w-full items-center gap-1 align-middle">
      <span className="min-w-0 wrap-anywhere">{children}</span>
      <button
        aria-label={`Copy ${label}`}
        className={`inline-flex size-7 shrink-0 items-center justify-center rounded print:hidden text-muted hover:bg-raised hover:text-ink ${ready ? "" : "invisible"}`}
        onClick={copy}
        type="button"
      >
        <svg
          aria-hidden="true"
          className="size-4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          viewBox="0 0 16 16"
        >
          <rect height="9" rx="1.5" width="8" x="5.5" y="5" />
          <path d="M10.5 5V3.5A1.5 1.5 0 0 0 9 2H4a1.5 1.5 0 0 0-1.5 1.5V10A1.5 1.5 0 0 0 4 11.5h1.5" />
        </svg>
      </button>
      <span className="font-sans text-muted text-xs" role="status">
        {result}
      </span>
    </span>
  );
}
