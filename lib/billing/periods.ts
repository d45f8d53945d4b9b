import type { PlanInterval } from "@/prisma/generated/enums";
import { after, DAY } from "../clock";

/** When periods start and when failed charges are attempted again. Pure, and in UTC, so a daylight-saving change moves no charge. */

export interface Schedule {
  anchorAt: Date;
  interval: PlanInterval;
}

/**
 * Returns the start of a period. It is counted from the anchor, not from the previous period: Jan 31, Feb 28, Mar 31. If a month
 * does not have the anchor's day, the period starts on the month's last day.
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
  /** The current period: the one that is charged. */
  current: number;
  /** Periods that started after the last charge and are over. They are waived. */
  missed: number[];
}

/**
 * Returns the due periods of a subscription whose next period without a charge is `next`, or undefined before it starts. However
 * long nothing could be charged, only the current period is charged.
 */
export function duePeriods(schedule: Schedule, next: number, at: Date): DuePeriods | undefined {
  if (periodStart(schedule, next) > at) return undefined;
  const missed: number[] = [];
  let current = next;
  while (periodStart(schedule, current + 1) <= at) missed.push(current++);
  return { current, missed };
}

/** Days after the first failure on which a charge is attempted again. */
const DUNNING_DAYS = [1, 3, 5] as const;

/** Returns when the attempt after number `attempt` (from 1) is due, or null if that was the last one. */
export function nextAttemptAt(firstFailedAt: Date, attempt: number): Date | null {
  const days = DUNNING_DAYS[attempt - 1];
  return days === undefined ? null : after(days * DAY, firstFailedAt);
}
