/** Returns the current time. Code passes it to SQL instead of `now()`, so the app and the database use one clock. */
export function now(): Date {
  return new Date();
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Returns the time `ms` milliseconds after `from`, by default after now. */
export function after(ms: number, from = now()): Date {
  return new Date(from.getTime() + ms);
}

/** Returns the time `ms` milliseconds before `from`, by default before now. */
export function ago(ms: number, from = now()): Date {
  return after(-ms, from);
}
