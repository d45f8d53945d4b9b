"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";

/** The path of the search page, whose field has the focus when it opens. */
const SEARCH = "/console/search";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const SHORTCUTS: [keys: string[], action: string][] = [
  [["/"], "Search"],
  [["Ctrl", "K"], "Search, also while typing (⌘ K on a Mac)"],
  [["?"], "Show this list"],
  [["Esc"], "Close this list"],
];

/** Opens the search on `/`, outside of fields, and on Ctrl-K or Cmd-K. Opens the list of shortcuts on `?`, and with its button. */
export function Shortcuts() {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    setReady(true);
    const search = () => {
      dialog.current?.close();
      const field = document.getElementById("console-search");
      if (field instanceof HTMLInputElement) field.select();
      else router.push(SEARCH);
    };
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const isPlain = !ctrlKey && !metaKey && !altKey && !isTyping(target);
      if ((key === "/" && isPlain) || (key.toLowerCase() === "k" && (ctrlKey || metaKey))) search();
      else if (key === "?" && isPlain) dialog.current?.showModal();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [router]);
  if (!ready) return null;
  return (
    <>
      <button
        className="mb-2 hidden min-h-11 text-muted text-sm underline lg:inline-flex lg:items-center"
        onClick={() => dialog.current?.showModal()}
        type="button"
      >
        Keyboard shortcuts
      </button>
      <dialog
        aria-labelledby="shortcuts-title"
        className="m-auto w-[min(26rem,calc(100vw-2rem))] rounded-2xl border border-line bg-paper p-5 text-ink backdrop:bg-black/50"
        ref={dialog}
      >
        <div className="flex items-center justify-between gap-4">
          <h2 id="shortcuts-title">Keyboard shortcuts</h2>
          <form method="dialog">
            <button className="min-h-11 rounded-lg border border-line px-3 text-sm hover:bg-raised" type="submit">
              Close
            </button>
          </form>
        </div>
        <dl className="mt-3 grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2">
          {SHORTCUTS.map(([keys, action]) => (
            <div className="contents" key={action}>
              <dt className="flex gap-1">
                {keys.map((key) => (
                  <kbd
                    className="min-w-7 rounded border border-line bg-raised px-2 text-center font-sans text-sm"
                    key={key}
                  >
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd className="text-sm">{action}</dd>
            </div>
          ))}
        </dl>
      </dialog>
    </>
  );
}
