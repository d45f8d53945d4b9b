type Show = (message: string) => void;

let toaster: Show | undefined;

/** Registers the toaster of the page. Returns a function that removes it. */
export function registerToaster(show: Show): () => void {
  toaster = show;
  return () => {
    if (toaster === show) toaster = undefined;
  };
}

/** Shows a message as a toast. Returns false if the page has no toaster: the caller then shows the message itself. */
export function showToast(message: string): boolean {
  toaster?.(message);
  return toaster !== undefined;
}
