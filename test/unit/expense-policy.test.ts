import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "@/lib/clock";
import { nextAction, type OpenExpense } from "@/lib/expenses/policy";

const createdAt = new Date("2026-03-02T09:00:00Z");
const later = (ms: number) => new Date(createdAt.getTime() + ms);
const open: OpenExpense = { status: "pending", createdAt, deadlineAt: later(7 * DAY), remindedAt: null };
const reminded = { ...open, remindedAt: later(3 * DAY) };

test.each([
  ["just submitted: a short wait, in case of a decision before the wait starts", open, 0, { do: "wait", ms: MINUTE }],
  ["after that: a day at most", open, MINUTE, { do: "wait", ms: DAY }],
  ["shortly before the reminder: until then", open, 3 * DAY - HOUR, { do: "wait", ms: HOUR }],
  ["three days: the reminder", open, 3 * DAY, { do: "remind" }],
  ["reminded: not again", reminded, 3 * DAY, { do: "wait", ms: DAY }],
  ["shortly before the deadline: until then", reminded, 7 * DAY - HOUR, { do: "wait", ms: HOUR }],
  ["seven days: rejected", reminded, 7 * DAY, { do: "reject" }],
  ["a run that is a month late rejects without a reminder", open, 30 * DAY, { do: "reject" }],
  ["decided", { ...open, status: "approved" as const }, DAY, { do: "finalize" }],
  ["withdrawn after the deadline", { ...open, status: "withdrawn" as const }, 8 * DAY, { do: "finalize" }],
])("%s", (_when, expense, age, action) => {
  expect(nextAction(expense, later(age))).toEqual(action);
});

test("following every next action ends at the deadline", () => {
  let at = createdAt;
  let expense = open;
  for (let rounds = 0; rounds < 20; rounds++) {
    const action = nextAction(expense, at);
    if (action.do === "reject") break;
    if (action.do === "remind") expense = { ...expense, remindedAt: at };
    if (action.do === "wait") at = new Date(at.getTime() + action.ms);
  }
  expect(at).toEqual(open.deadlineAt);
});
