import { Badge, type Tone } from "@/app/ui/surface";

/** What a state means to an operator: as it should be, under way, or in need of somebody. Any other has just ended. */
const TONES: Record<string, Tone> = {
  ...{ confirmed: "good", shipped: "good", delivered: "good", succeeded: "good", paid: "good" },
  ...{ done: "good", sent: "good", opened: "good", clicked: "good", released: "good", on: "good" },
  ...{ pending: "warn", awaiting_payment: "warn", requires_action: "warn", held: "warn", queued: "warn" },
  ...{ planning: "warn", sending: "warn", fetching: "warn", checking: "warn", applying: "warn", manual: "warn" },
  ...{ failed: "bad", payment_failed: "bad", rejected: "bad", bounced: "bad", complained: "bad", expired: "bad" },
};

/** The state of anything in the console, in a word and a colour. */
export function StatusBadge({ state }: { state: string }) {
  return <Badge tone={TONES[state] ?? "neutral"}>{state.replaceAll("_", " ")}</Badge>;
}
