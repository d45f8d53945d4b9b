const UNITS: Record<string, number> = {
  w: 7 * 24 * 3_600_000,
  d: 24 * 3_600_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

export const DAY = 24 * 3_600_000;

/**
 * Milliseconds of a duration such as `1w2d3h4m5s`, `1.5h` or `250ms`; undefined when it is none. The grammar is that of
 * go-str2duration, which the server uses for every duration in a function's configuration and in an op.
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[wdhms]))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g))
    total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return total;
}

/** The end of a timeout: a duration from `now` or an RFC 3339 time; otherwise undefined (server: pkg/util/strtimeout). */
export function parseDeadline(text: string, now: number): number | undefined {
  const duration = parseDuration(text);
  if (duration !== undefined) return now + duration;
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
