import { z } from "zod";
import { now } from "../clock";
import { EVENTS, type OutgoingEvent } from "../events";
import { newId } from "../ids";
import { withOutbox } from "../outbox";

/** `customer_value` analyses all orders: the value of each customer, and the retention of cohorts. */
export const jobSchema = z.strictObject({ kind: z.enum(["customer_value"]) });

/** Creates a job over the orders placed up to now and triggers it. */
export async function createJob({ kind }: z.output<typeof jobSchema>, createdBy: string): Promise<{ id: string }> {
  const [id, at] = [newId("job"), now()];
  await withOutbox(async (tx, publish) => {
    const total = await tx.order.count({ where: { createdAt: { lte: at } } });
    await tx.job.create({ data: { id, kind, createdBy, until: at, total, createdAt: at, progressedAt: at } });
    publish(jobEvent(id));
  });
  return { id };
}

/** Returns the event that triggers the work on a job. `again` distinguishes a later event from the first one. */
export function jobEvent(jobId: string, again = ""): OutgoingEvent {
  return { name: EVENTS.DATA_PROCESS, id: `data-process:${jobId}${again}`, data: { jobId } };
}
