import { now } from "../clock";
import { db } from "../db";
import { conflict } from "../errors";
import { viewBroadcast } from "./view-broadcast";

/**
 * Stops a broadcast: emails that are not in progress are not sent. Stopping it again changes nothing.
 * @throws AppError `not_found` (404), `broadcast_finished` (409) when all emails were sent.
 */
export async function stopBroadcast(id: string): Promise<void> {
  const { status } = await viewBroadcast(id);
  if (status === "sent") throw conflict("broadcast_finished", "All emails of the broadcast were sent already.");
  await db().broadcast.updateMany({ where: { id, stoppedAt: null }, data: { stoppedAt: now() } });
}
