"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** The path of the search page, whose field has the focus when it opens. */
const SEARCH = "/console/search";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Opens the search on `/`, outside of fields, and on Ctrl-K or Cmd-K. */
export function SearchShortcut() {
  const router = useRouter();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
      const isCtrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!isSlash && !isCtrlK) return;
      event.preventDefault();
      const field = document.getElementById("console-search");
      if (field instanceof HTMLInputElement) field.select();
      else router.push(SEARCH);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [router]);
  return null;
}
