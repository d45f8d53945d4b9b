import type { PlanInterval } from "@/prisma/generated/enums";

/** When which period begins. Pure, and in UTC throughout, so that no daylight-saving change moves a charge. */

export interface Schedule {
  anchorAt: Date;
  interval: PlanInterval;
}

/**
 * The beginning of a period, counted from the anchor and not from the period before: Jan 31, Feb 28, Mar 31. A day that a
 * month does not have is its last one.
 */
export function periodStart({ anchorAt, interval }: Schedule, period: number): Date {
  const months = interval === "year" ? period * 12 : period;
  const first = new Date(anchorAt);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(anchorAt.getUTCDate(), days));
  return first;
}

export interface DuePeriods {
  /** The period that is running now: the one that is charged. */
  current: number;
  /** Those that began after the last charge and are over: nobody was charged in time, and nobody is afterwards. */
  missed: number[];
}

/**
 * What is due for a subscription whose next period without a charge is `next`. However long nothing could be charged, it is
 * one charge, for the period that is running; the ones that went by are waived. Nothing before `next` begins.
 */
export function duePeriods(schedule: Schedule, next: number, at: Date): DuePeriods | undefined {
  if (periodStart(schedule, next) > at) return undefined;
  const missed: number[] = [];
  let current = next;
  while (periodStart(schedule, current + 1) <= at) missed.push(current++);
  return { current, missed };
}
