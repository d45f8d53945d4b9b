import type { Progress } from "./progress";

/** The emails to a new user, in their order. `wait` is counted from the one before: days 0, 1, 3 and 7. */
export const DRIP = [
  { kind: "welcome", wait: null },
  { kind: "getting_started", wait: "1d" },
  { kind: "features", wait: "2d" },
  { kind: "check_in", wait: "4d" },
] as const;

export type DripKind = (typeof DRIP)[number]["kind"];

/** What the check-in talks about. */
export type Activity = "ordered" | "looked_around" | "not_back_yet";

export type DripDecision =
  | { send: true; activity: Activity }
  | { send: false; because: "profile_done" | "has_ordered" };

/** Whether an email still has something to ask for: nobody is asked for what they have done. */
export function decideDrip(kind: DripKind, progress: Progress): DripDecision {
  if (kind === "getting_started" && progress.profile) return { send: false, because: "profile_done" };
  if (kind === "features" && progress.first_order) return { send: false, because: "has_ordered" };
  return { send: true, activity: activityOf(progress) };
}

function activityOf({ first_order, first_visit }: Progress): Activity {
  if (first_order) return "ordered";
  return first_visit ? "looked_around" : "not_back_yet";
}
