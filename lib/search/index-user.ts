import { db } from "../db";
import type { CustomerDocument } from "./documents";
import { findUnindexed } from "./index-customers";
import { search } from "./search";

/** Brings the index up to what a user is now, whatever the event that called for it said. */
export async function indexUser(userId: string): Promise<"indexed" | "no_longer_there"> {
  const [user] = await db().$queryRaw<CustomerDocument[]>`
    SELECT id, name, email, updated_at AS version FROM users WHERE id = ${userId}`;
  if (user) await search().indexCustomer(user);
  else await search().forgetCustomer(userId);
  return user ? "indexed" : "no_longer_there";
}

/** Takes in what was missed; returns how many. */
export async function indexMissed(): Promise<number> {
  const ids = await findUnindexed();
  for (const id of ids) await indexUser(id);
  return ids.length;
}
