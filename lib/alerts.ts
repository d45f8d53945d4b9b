import { now } from "./clock";
import { db } from "./db";
import { log } from "./log";

export interface NewAlert {
  kind: string;
  /** The incident: raised again under the same id, it stays one alert. */
  id: string;
  subject: string;
  detail: Record<string, unknown>;
}

/** The kinds, of those that begin so, that are open. */
export async function openAlerts(prefix: string): Promise<string[]> {
  const open = await db().$queryRaw<{ kind: string }[]>`
    SELECT DISTINCT kind FROM alerts WHERE resolved_at IS NULL AND starts_with(kind, ${prefix})`;
  return open.map(({ kind }) => kind);
}

/** Ends what is open of this kind. */
export async function resolveAlerts(kind: string): Promise<void> {
  await db().$executeRaw`UPDATE alerts SET resolved_at = ${now()} WHERE kind = ${kind} AND resolved_at IS NULL`;
}

/** Notes something that a person has to look at. The reconciler emails what is new to the operators. Returns whether it is. */
export async function raiseAlert({ kind, id, subject, detail }: NewAlert): Promise<boolean> {
  const raised = await db().$executeRaw`
    INSERT INTO alerts (id, kind, subject, detail, created_at) VALUES (${id}, ${kind}, ${subject}, ${JSON.stringify(detail)}::jsonb, ${now()})
    ON CONFLICT (id) DO NOTHING`;
  if (raised === 1) log.error({ kind, id, detail }, subject);
  return raised === 1;
}
