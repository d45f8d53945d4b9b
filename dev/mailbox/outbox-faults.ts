import type { Faults } from "../stand-in/faults";
import { type Answer, type Incoming, problem } from "../stand-in/http";
import type { Outbox } from "./outbox";

/** The outbox under faults. They must name its path: a fault meant for Resend does not hit an SMS. */
export function outboxAnswer(faults: Faults, outbox: Outbox, request: Incoming): Answer | undefined {
  if (request.method !== "POST") return outbox.door(request);
  const fault = faults.take(request.method, request.path, true);
  switch (fault?.kind) {
    case "timeout":
      return "hang";
    case "reset":
      return "reset";
    case "error":
      return problem(fault.status, "The provider failed");
    case "rate_limit": {
      const reply = problem(429, "Too many requests");
      return { ...reply, headers: { ...reply.headers, "retry-after": "1" } };
    }
    case "answer_lost":
      return outbox.door(request) && "reset";
    default:
      return outbox.door(request);
  }
}
