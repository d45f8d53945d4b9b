import { Inngest, Middleware, NonRetriableError, RetryAfterError } from "inngest";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";

/**
 * The one place that turns a failure of ours into what the engine does about it: what a retry cannot help ends the step,
 * what says how long to wait is tried again then, and anything unforeseen follows the function's own retries.
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

/** A request that runs steps hands over to the next one before any platform's limit (Vercel's default is 300 s). */
const maxRuntime = "50s";

/**
 * The `checkpointing` of a function whose steps decide by what the database holds, and not by what the steps before them
 * answered: they are reported together, when the run waits or ends, which saves a request for each. After a crash all of
 * them are taken again, not only the last.
 */
export const bufferedCheckpointing = { maxRuntime, bufferedSteps: 20 };

/** Where Inngest is and with which keys, the SDK reads from the environment (`lib/env.ts` has checked it before). */
export const inngest = new Inngest({
  id: "steadfast",
  logger: log,
  middleware: [ErrorPolicy],
  checkpointing: { maxRuntime },
});
