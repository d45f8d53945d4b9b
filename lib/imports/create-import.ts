import { z } from "zod";
import { now } from "../clock";
import { transaction } from "../db";
import { EVENTS, type OutgoingEvent } from "../events";
import { checkTarget } from "../http/private-network-guard";
import { newId } from "../ids";
import { announce, enqueue } from "../outbox";

export const importSchema = z.strictObject({
  url: z.url().max(2_000),
  type: z.enum(["products", "stock"]),
});

/**
 * Sets the import of a CSV file going.
 * @throws AppError `address_refused` or `address_not_public` (422), as far as that shows without a look-up; the rest is found
 *   out when it is fetched.
 */
export async function createImport(
  { url, type }: z.output<typeof importSchema>,
  createdBy: string,
): Promise<{ id: string }> {
  checkTarget(new URL(url), ["http:", "https:"]);
  const [id, at] = [newId("imp"), now()];
  const event = importEvent(id);
  await transaction(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO imports (id, type, url, created_by, created_at, progressed_at)
      VALUES (${id}, ${type}::import_type, ${url}, ${createdBy}, ${at}, ${at})`;
    await enqueue(tx, [event]);
  });
  await announce([event]);
  return { id };
}

/** Sets the work on an import going; `again` tells a later try apart. */
export function importEvent(importId: string, again = ""): OutgoingEvent {
  return { name: EVENTS.DATA_IMPORT, id: `data-import:${importId}${again}`, data: { importId } };
}
