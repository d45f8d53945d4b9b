"use client";

import { useEffect, useState } from "react";

/** How long the button says what it did. */
const RESULT_MS = 2_000;

/** Copies a text, such as an id. `label` names it for screen readers. Without JavaScript, and without a clipboard, it is hidden. */
export function CopyButton({ text, label }: { text: string; label: string }) {
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
    <span className="inline-flex items-center gap-1 align-middle print:hidden">
      <button
        aria-label={`Copy ${label}`}
        className={`inline-flex size-7 items-center justify-center rounded text-muted hover:bg-raised hover:text-ink ${ready ? "" : "invisible"}`}
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
