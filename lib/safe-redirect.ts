const ORIGIN = "http://here.invalid";

/**
 * Returns the path, as the URL parser normalises it, if it stays on this host, else undefined. Browsers read `//x`, `/\x`,
 * `/<tab>/x` and the normalised `/.//x` as another host, so the result is parsed a second time.
 */
export function safeRedirect(path: string): string | undefined {
  const normalised = path.startsWith("/") ? localPath(path) : undefined;
  return normalised !== undefined && localPath(normalised) === normalised ? normalised : undefined;
}

function localPath(path: string): string | undefined {
  if (!URL.canParse(path, ORIGIN)) return undefined;
  const { origin, pathname, search, hash } = new URL(path, ORIGIN);
  return origin === ORIGIN ? pathname + search + hash : undefined;
}
