import { useRef } from "react";

/** Moves the focus to the content of the page, when the element that had it is gone. */
export function focusContent(): void {
  const content = document.getElementById("content");
  if (!content) return;
  // Only now, because the content should get no focus by a click into it.
  content.tabIndex = -1;
  content.focus({ preventScroll: true });
}

/** Returns the handlers of a dialog that a key opens: when it closes, the focus returns to where it was. */
export function useReturnFocus() {
  const before = useRef<Element>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const element = before.current;
      if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true });
      else focusContent();
    },
  };
}
