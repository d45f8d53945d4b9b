import type { ExpenseStatus } from "@/prisma/generated/enums";
import { DAY, MINUTE } from "../clock";

/** After this long without an answer the managers are reminded, once. */
export const REMINDER_AFTER = 3 * DAY;
/** After this long without an answer an expense is rejected. */
export const DECISION_WINDOW = 7 * DAY;

/** A decision in the instant before a wait begins is seen when it ends: the first is short, and none is longer than this. */
const LONGEST_WAIT = DAY;
const FIRST_WAIT = MINUTE;

export interface OpenExpense {
  status: ExpenseStatus;
  createdAt: Date;
  deadlineAt: Date;
  remindedAt: Date | null;
}

export type Move = { do: "settle" } | { do: "remind" } | { do: "expire" } | { do: "wait"; ms: number };

/** What is to be done for an expense now. Pure: whoever asks twice is told the same. */
export function nextMove({ status, createdAt, deadlineAt, remindedAt }: OpenExpense, at: Date): Move {
  if (status !== "pending") return { do: "settle" };
  if (at >= deadlineAt) return { do: "expire" };
  const age = at.getTime() - createdAt.getTime();
  if (age >= REMINDER_AFTER && !remindedAt) return { do: "remind" };
  const next = remindedAt ? deadlineAt.getTime() : Math.min(createdAt.getTime() + REMINDER_AFTER, deadlineAt.getTime());
  const left = next - at.getTime();
  return { do: "wait", ms: Math.min(left, age < FIRST_WAIT ? FIRST_WAIT : LONGEST_WAIT) };
}
