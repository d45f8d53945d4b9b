import { useRef } from "react";

/** Returns the handlers of a dialog that a key opens: when it closes, the focus returns to where it was. */
export function useReturnFocus() {
  const before = useRef<Element>(null);
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const element = before.current?.isConnected ? before.current : document.getElementById("content");
      if (element instanceof HTMLElement) element.focus({ preventScroll: true });
    },
  };
}
