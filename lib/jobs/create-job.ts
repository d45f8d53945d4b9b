import { z } from "zod";
import { now } from "../clock";
import { transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";

/** `customer_value` goes through all orders: what each customer has been worth, and how cohorts come back. */
export const jobSchema = z.strictObject({ kind: z.enum(["customer_value"]) });

/** Sets a job over the orders placed up to now going. */
export async function createJob({ kind }: z.output<typeof jobSchema>, createdBy: string): Promise<{ id: string }> {
  const [id, at] = [newId("job"), now()];
  const event = jobEvent(id);
  await transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO jobs (id, kind, created_by, until, total, created_at, moved_at)
      SELECT ${id}, ${kind}, ${createdBy}, ${at}, count(*)::int, ${at}, ${at} FROM orders WHERE created_at <= ${at}`;
    await enqueue(tx, [event]);
  });
  await announce([event]);
  return { id };
}

/** Sets the work on a job going; `again` tells a later try apart. */
export function jobEvent(jobId: string, again = ""): OutgoingEvent {
  return { name: EVENTS.DATA_PROCESS, id: `data-process:${jobId}${again}`, data: { jobId } };
}
