import { Badge, type Tone } from "@/app/ui/surface";

/** Colour of a status: `good` is successful, `warn` in progress, `bad` needs attention. Any other status is neutral. */
const TONES: Record<string, Tone> = {
  ...{ confirmed: "good", shipped: "good", delivered: "good", succeeded: "good", paid: "good" },
  ...{ done: "good", sent: "good", opened: "good", clicked: "good", released: "good", on: "good" },
  ...{ pending: "warn", awaiting_payment: "warn", requires_action: "warn", held: "warn", queued: "warn" },
  ...{ planning: "warn", sending: "warn", fetching: "warn", checking: "warn", applying: "warn", manual: "warn" },
  ...{ failed: "bad", payment_failed: "bad", rejected: "bad", bounced: "bad", complained: "bad", expired: "bad" },
};

/** A status in the console, as text and colour. */
export function StatusBadge({ status }: { status: string }) {
  return <Badge tone={TONES[status] ?? "neutral"}>{status.replaceAll("_", " ")}</Badge>;
}
