import { db } from "../db";

/** How far a check has read, as seconds since 1970 (Stripe's times); `start` when it has read nothing yet. */
export async function readCursor(name: string, start: Date): Promise<number> {
  const [row] = await db().$queryRaw<{ value: string }[]>`SELECT value FROM cursors WHERE name = ${name}`;
  return row ? Number(row.value) : Math.floor(start.getTime() / 1_000);
}

export async function writeCursor(name: string, value: number): Promise<void> {
  await db().$executeRaw`
    INSERT INTO cursors (name, value) VALUES (${name}, ${String(value)}) ON CONFLICT (name) DO UPDATE SET value = excluded.value`;
}
