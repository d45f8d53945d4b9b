import { db } from "./db";
import { databaseEnv } from "./env";
import { newId } from "./ids";

const known = new Map<string, string>();

/**
 * Returns the id of this installation. It is inserted at first use and never changes. Objects at Stripe carry it in their
 * metadata, because a Stripe account can serve several installations, such as staging and production.
 */
export async function installationId(): Promise<string> {
  const { DATABASE_URL } = databaseEnv();
  for (let id = known.get(DATABASE_URL); ; id = await readOrInsert())
    if (id) {
      known.set(DATABASE_URL, id);
      return id;
    }
}

/** Undefined if another process has inserted it at the same moment: this statement does not see that row. */
async function readOrInsert(): Promise<string | undefined> {
  const [row] = await db().$queryRaw<{ id: string }[]>`
    WITH inserted AS (INSERT INTO installation (id) VALUES (${newId("inst")}) ON CONFLICT DO NOTHING RETURNING id)
    SELECT id FROM inserted UNION ALL SELECT id FROM installation LIMIT 1`;
  return row?.id;
}

/** Returns whether an object at Stripe was created by this installation. */
export async function isOwn({ metadata }: { metadata: Record<string, string> | null }): Promise<boolean> {
  return metadata?.installation_id === (await installationId());
}
