import { EventType, Inngest, Middleware, NonRetriableError, RetryAfterError } from "inngest";
import { apiFetch } from "@/lib/api-fetch";
import type { OptionalCategory } from "@/lib/email/consent";
import { encryption } from "@/lib/encryption";
import { AppError } from "@/lib/errors";
import { type EventName, eventSchemas } from "@/lib/events";
import { log } from "@/lib/log";
import { publishingChanges, subjectOf } from "@/lib/realtime";
import type { ConsoleTopic } from "@/lib/realtime-channels";

/**
 * Maps an `AppError` to Inngest's errors. Without `retry` the step fails. With a number it is retried after this time. Any other
 * error follows the retries of the function.
 */
class ErrorPolicy extends Middleware.BaseMiddleware {
  readonly id = "error-policy";

  override async wrapStepHandler({ next }: Middleware.WrapStepHandlerArgs): Promise<unknown> {
    try {
      return await next();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.retry === false) throw new NonRetriableError(error.message, { cause: error });
      throw typeof error.retry === "number" ? new RetryAfterError(error.message, error.retry, { cause: error }) : error;
    }
  }
}

/** The functions whose steps are progress by themselves, and the topic of each. The steps of others publish what they store. */
const TOPICS = new Map<string, ConsoleTopic>([
  ["process-order", "orders"],
  ["import-data", "imports"],
  ["broadcast-notification", "broadcasts"],
  ["send-individual-notification", "broadcasts"],
  ["process-data", "jobs"],
  ["reconcile", "health"],
  ["check-invariants", "health"],
  ["health-check", "health"],
]);

/** Publishes live progress: what a step has changed, when it has ended. It costs no step, and the step does not wait for it. */
class LiveProgress extends Middleware.BaseMiddleware {
  readonly id = "live-progress";

  override async wrapStepHandler({ next, ctx, fn, stepInfo }: Middleware.WrapStepHandlerArgs): Promise<unknown> {
    const change = stepInfo.options.id;
    // It reads only.
    if (change === "load-order") return next();
    const topic = TOPICS.get(fn.id());
    return publishingChanges(next, topic && { topic, id: subjectOf(ctx.event.data)?.id, change });
  }
}

/** Returns Inngest's type of an event, for a trigger or a wait. It is checked when an event is received. */
export const eventType = <N extends EventName>(name: N) => new EventType({ name, schema: eventSchemas[name] });

/** The `cancelOn` of a function that sends optional email: its user unsubscribes, or the address is suppressed. */
export const cancelOnRefusal = (category: OptionalCategory) => [
  {
    event: eventType("user/unsubscribed"),
    if: `async.data.userId == event.data.userId && async.data.category == '${category}'`,
  },
  { event: eventType("email/suppressed"), if: "async.data.userId == event.data.userId" },
];

/** Ten attempts take over two hours with Inngest's backoff. A shorter outage of a provider delays the work and loses none. */
export const RETRIES_FOR_TWO_HOURS = 9;

/** The longest time that one request runs steps. It is below the limit of any platform (Vercel's default is 300 s). */
const maxRuntime = "50s";

/**
 * The `checkpointing` of a function whose steps read the database instead of the results of earlier steps. The steps are reported
 * together when the run waits or ends, which saves a request for each step. After a crash all unreported steps run again.
 */
export const bufferedCheckpointing = { maxRuntime, bufferedSteps: 20 };

// Inngest's SDK reads all variables about seven times for each request. Node asks the system for each of them; a copy does not.
process.env = { ...process.env };

/** The client. The SDK reads its address and keys from the environment, which `lib/env.ts` has validated. */
export const inngest = new Inngest({
  id: "steadfast",
  logger: log,
  middleware: [...encryption(), ErrorPolicy, LiveProgress],
  checkpointing: { maxRuntime },
  fetch: apiFetch,
});
