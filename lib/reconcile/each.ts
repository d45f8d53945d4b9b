import { messageOf } from "../errors";
import { log } from "../log";

/** Works through ids one by one; a failure is noted, and keeps nobody else waiting. */
export async function each(
  ids: string[],
  work: (id: string) => Promise<unknown>,
): Promise<{ done: number; failed: number }> {
  let failed = 0;
  for (const id of ids)
    await work(id).catch((error) => {
      failed++;
      log.warn({ id, error: messageOf(error) }, "the reconciler could not mend this; it will try again");
    });
  return { done: ids.length - failed, failed };
}
