"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

/** The page of the search, for a browser that could not load the palette. */
const SEARCH = "/console/search";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/**
 * Opens the palette on `/`, outside of fields, and on Ctrl-K or Cmd-K. Opens the list of shortcuts on `?`. Their module is
 * loaded after the page.
 */
export function Shortcuts({ admin }: { admin: boolean }) {
  const router = useRouter();
  const [dialogs, setDialogs] = useState<typeof import("./shortcut-dialogs") | null>();
  const [open, setOpen] = useState<"palette" | "shortcuts">();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    setReady(true);
    import("./shortcut-dialogs").then(setDialogs, () => setDialogs(null));
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const isPlain = !ctrlKey && !metaKey && !altKey && !isTyping(target);
      const isSearch = (key === "/" && isPlain) || (key.toLowerCase() === "k" && (ctrlKey || metaKey));
      // A dialog that asks for a decision stays alone.
      if ((!isSearch && !(key === "?" && isPlain)) || document.querySelector("[role=alertdialog]")) return;
      event.preventDefault();
      if (isSearch && dialogs === null) router.push(SEARCH);
      else setOpen(isSearch ? "palette" : "shortcuts");
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [router, dialogs]);
  if (!ready) return null;
  const onOpenChange = (isOpen: boolean) => {
    if (!isOpen) setOpen(undefined);
  };
  return (
    <>
      <button
        className="mb-2 hidden min-h-11 text-muted text-sm underline lg:inline-flex lg:items-center"
        onClick={() => setOpen("shortcuts")}
        type="button"
      >
        Keyboard shortcuts
      </button>
      {dialogs ? (
        <>
          <dialogs.ShortcutList onOpenChange={onOpenChange} open={open === "shortcuts"} />
          <dialogs.Palette admin={admin} onOpenChange={onOpenChange} open={open === "palette"} />
        </>
      ) : null}
    </>
  );
}
