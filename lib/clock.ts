/**
 * The present moment. Everything that decides by time asks here and hands the answer to SQL, never `now()` there, so that
 * one run of the code has one clock.
 */
export function now(): Date {
  return new Date();
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** `ms` milliseconds after `from`, which is the present unless given. */
export function after(ms: number, from = now()): Date {
  return new Date(from.getTime() + ms);
}

/** `ms` milliseconds before the present. */
export function ago(ms: number, from = now()): Date {
  return after(-ms, from);
}
