const ORIGIN = "http://here.invalid";

/** Returns the path if it stays on this host, else undefined. Browsers read `//x`, `/\x` and `/<tab>/x` as another host. */
export function safeRedirect(path: string): string | undefined {
  if (!path.startsWith("/") || !URL.canParse(path, ORIGIN)) return undefined;
  return new URL(path, ORIGIN).origin === ORIGIN ? path : undefined;
}
