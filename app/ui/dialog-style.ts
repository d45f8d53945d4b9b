/** The layer between a dialog and the page. */
export const OVERLAY = "fixed inset-0 z-40 bg-black/50";

/** A dialog, in the middle of the window. It scrolls if it is too tall. */
export const DIALOG =
  "fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto overscroll-contain rounded-2xl border border-line bg-paper text-ink shadow-2xl outline-none";
