import { raiseAlert, resolveAlerts } from "../alerts";
import { after, HOUR, now } from "../clock";
import { db } from "../db";
import { recordHeartbeat } from "../heartbeats";
import { CHECKS, INVARIANTS, type Invariant, runCheck } from "../invariants";

export type InvariantResult = Awaited<ReturnType<typeof listInvariants>>[number];

/** A check rests for so many times its duration, so that in a shop of any size it takes at most a hundredth of one processor. */
const REST = 100;
/** A check that had to wait, such as for a database without free connections, is not a slow one. */
const MAX_REST_MS = 6 * HOUR;

/** Returns the names of the checks that are due, for one step each. */
export async function listDueChecks(runId: string): Promise<string[]> {
  await recordHeartbeat("check-invariants", runId);
  const [stored, at] = [await db().invariantCheck.findMany(), now()];
  const resting = stored.filter(
    ({ checkedAt, durationMs }) => after(Math.min(REST * durationMs, MAX_REST_MS), checkedAt) > at,
  );
  return CHECKS.map(({ name }) => name).filter((name) => !resting.some((check) => check.name === name));
}

/** Runs one check, stores its result, and alerts the operators of a violation once. Returns the number of violations. */
export async function storeCheck(name: string): Promise<number> {
  const check = CHECKS.find((check) => check.name === name);
  if (!check) return 0;
  const started = performance.now();
  const ids = await runCheck(check);
  const result = { ids, checkedAt: now(), durationMs: Math.round(performance.now() - started) };
  await db().invariantCheck.upsert({ where: { name }, create: { name, ...result }, update: result });
  const kind = `invariant_${name}`;
  if (ids.length === 0) await resolveAlerts({ kind });
  else
    await raiseAlert({
      kind,
      incident: kind,
      subject: `Invariant ${check.invariant} is violated: ${check.violation}`,
      detail: { check: name, ids },
    });
  return ids.length;
}

/** Runs all checks now, for an operator who does not want to wait for the schedule. */
export async function checkInvariantsNow(): Promise<void> {
  for (const { name } of CHECKS) await storeCheck(name);
}

/** Returns every invariant with its violations at the last check. */
export async function listInvariants() {
  const stored = new Map((await db().invariantCheck.findMany()).map((row) => [row.name, row]));
  return Object.entries(INVARIANTS).map(([key, description]) => {
    const id = key as Invariant;
    const checks = CHECKS.filter(({ invariant }) => invariant === id);
    const times = checks.map(({ name }) => stored.get(name)?.checkedAt.getTime());
    const known = times.filter((time) => time !== undefined);
    return {
      ...{ id, description },
      /** The time of its oldest check; null if one of its checks has never run. */
      checkedAt: known.length === times.length ? new Date(Math.min(...known)) : null,
      violated: checks.flatMap(({ name, violation }) => {
        const ids = stored.get(name)?.ids ?? [];
        return ids.length > 0 ? [{ violation, ids }] : [];
      }),
    };
  });
}
