import type { ExpenseView } from "./view-expense";

/** Returns a sentence that states the decision on an expense and who made it. */
export function decisionSentence({ status, decision }: Pick<ExpenseView, "status" | "decision">): string {
  if (status === "withdrawn") return "It was withdrawn by its submitter.";
  if (!decision) return "It is not decided yet.";
  const day = `${decision.at.slice(0, 10)} ${decision.at.slice(11, 16)} UTC`;
  if (decision.by === null) return `It was rejected on ${day}, because no manager decided in time.`;
  return `It was ${decision.approved ? "approved" : "rejected"} by ${decision.by.name} on ${day}.`;
}
