import { DAY, MINUTE } from "../clock";
import type { Expense } from "../models";

/** The managers are reminded once if none has decided after this time. */
export const REMINDER_AFTER_MS = 3 * DAY;
/** An expense is rejected if no manager has decided after this time. */
export const DECISION_WINDOW_MS = 7 * DAY;

/** A wait does not receive a decision that was made just before it. The run reads it when the wait ends, so waits are limited. */
const FIRST_WAIT_MS = MINUTE;
const MAX_WAIT_MS = DAY;

export type OpenExpense = Pick<Expense, "status" | "createdAt" | "deadlineAt" | "remindedAt">;

export type NextAction = { do: "finalize" } | { do: "remind" } | { do: "reject" } | { do: "wait"; ms: number };

/** Returns the next action for an expense. Pure. */
export function nextAction({ status, createdAt, deadlineAt, remindedAt }: OpenExpense, at: Date): NextAction {
  if (status !== "pending") return { do: "finalize" };
  if (at >= deadlineAt) return { do: "reject" };
  const age = at.getTime() - createdAt.getTime();
  if (age >= REMINDER_AFTER_MS && !remindedAt) return { do: "remind" };
  const deadline = deadlineAt.getTime();
  const until = remindedAt ? deadline : Math.min(createdAt.getTime() + REMINDER_AFTER_MS, deadline);
  return { do: "wait", ms: Math.min(until - at.getTime(), age < FIRST_WAIT_MS ? FIRST_WAIT_MS : MAX_WAIT_MS) };
}
