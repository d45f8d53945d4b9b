import { SECOND } from "../clock";
import { messageOf } from "../errors";
import { log } from "../log";

/**
 * No id is begun after this: with a provider that answers none of an id's calls in time, the step still ends within the two
 * minutes that a host gives it (`maxDuration` of the route), and holds up no other duty for longer.
 */
const PATIENCE = 40 * SECOND;

/**
 * Works through ids one by one; a failure is noted, and keeps nobody else waiting. Those that there is no time for are found
 * again by the next round.
 */
export async function each(
  ids: string[],
  work: (id: string) => Promise<unknown>,
): Promise<{ done: number; failed: number }> {
  const result = { done: 0, failed: 0 };
  const started = performance.now();
  for (const id of ids) {
    if (performance.now() - started >= PATIENCE) break;
    await work(id).then(
      () => result.done++,
      (error) => {
        result.failed++;
        log.warn({ id, error: messageOf(error) }, "the reconciler could not mend this; it will try again");
      },
    );
  }
  return result;
}
