import { z } from "zod";
import { now } from "../clock";
import { EVENTS, type OutgoingEvent } from "../events";
import { checkTarget } from "../http/private-network-guard";
import { newId } from "../ids";
import { withOutbox } from "../outbox";

export const importSchema = z.strictObject({
  url: z.url().max(2_000),
  type: z.enum(["products", "stock"]),
});

/**
 * Creates the import of a CSV file and triggers it.
 * @throws AppError `address_refused` or `address_not_public` (422), if the URL itself shows it. Host names are resolved only
 *   when the file is fetched.
 */
export async function createImport(
  { url, type }: z.output<typeof importSchema>,
  createdBy: string,
): Promise<{ id: string }> {
  checkTarget(new URL(url), ["http:", "https:"]);
  const [id, at] = [newId("imp"), now()];
  await withOutbox(async (tx, publish) => {
    await tx.import.create({ data: { id, type, url, createdBy, createdAt: at, progressedAt: at } });
    publish(importEvent(id));
  });
  return { id };
}

/** Returns the event that triggers the work on an import. `again` distinguishes a later event from the first one. */
export function importEvent(importId: string, again = ""): OutgoingEvent {
  return { name: EVENTS.DATA_IMPORT, id: `data-import:${importId}${again}`, data: { importId } };
}
