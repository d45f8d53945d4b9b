/** The layer between a dialog and the page. */
export const OVERLAY = "fixed inset-0 z-40 bg-black/50";

/** A dialog, without its size and its height in the window. */
export const SURFACE =
  "fixed left-1/2 z-50 -translate-x-1/2 rounded-2xl border border-line bg-paper text-ink shadow-2xl outline-none";

/** A dialog in the middle of the window, without its width. It scrolls if it is too tall. */
export const DIALOG = `${SURFACE} top-1/2 max-h-[calc(100dvh-2rem)] -translate-y-1/2 overflow-y-auto overscroll-contain`;
