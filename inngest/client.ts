import { Inngest, Middleware, NonRetriableError, RetryAfterError } from "inngest";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";

/**
 * Maps our errors to the engine's: an error that a retry cannot help fails the step, an error with a wait is retried after it, and
 * every other error follows the function's own retries.
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

/** A request that runs steps ends, and the next one continues, before the time limit of any platform (Vercel's default is 300 s). */
const maxRuntime = "50s";

/**
 * The `checkpointing` of a function whose steps decide by the database, and not by the results of earlier steps. They are reported
 * together, when the run waits or ends, which saves a request for each step. After a crash all of them run again, not only the last.
 */
export const bufferedCheckpointing = { maxRuntime, bufferedSteps: 20 };

/** The client. The SDK reads its address and keys from the environment, which `lib/env.ts` has validated. */
export const inngest = new Inngest({
  id: "steadfast",
  logger: log,
  middleware: [ErrorPolicy],
  checkpointing: { maxRuntime },
});
