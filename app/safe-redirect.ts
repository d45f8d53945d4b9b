const HERE = "http://here.invalid";

/** The path, if it leads somewhere in this shop as a browser reads it: `//x`, `/\x` and `/<tab>/x` lead to another host. */
export function safeRedirect(path: string): string | undefined {
  if (!path.startsWith("/") || !URL.canParse(path, HERE)) return undefined;
  return new URL(path, HERE).origin === HERE ? path : undefined;
}
