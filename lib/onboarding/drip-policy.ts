import type { Progress } from "./progress";

/** The emails to a new user in order: days 0, 1, 3 and 7. `wait` is the time since the previous one. */
export const DRIP = [
  { kind: "welcome", wait: null },
  { kind: "getting_started", wait: "1d" },
  { kind: "features", wait: "2d" },
  { kind: "check_in", wait: "4d" },
] as const;

export type DripKind = (typeof DRIP)[number]["kind"];

/** The user's activity, which decides the text of the check-in. */
export type Activity = "ordered" | "looked_around" | "not_back_yet";

export type DripDecision = { send: true; activity: Activity } | { send: false; reason: "profile_done" | "has_ordered" };

/** Decides whether an email is sent. No email suggests a step that the user has completed. */
export function decideDrip(kind: DripKind, progress: Progress): DripDecision {
  if (kind === "getting_started" && progress.profile) return { send: false, reason: "profile_done" };
  if (kind === "features" && progress.first_order) return { send: false, reason: "has_ordered" };
  return { send: true, activity: activityOf(progress) };
}

function activityOf({ first_order, first_visit }: Progress): Activity {
  if (first_order) return "ordered";
  return first_visit ? "looked_around" : "not_back_yet";
}
