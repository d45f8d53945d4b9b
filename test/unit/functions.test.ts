import { expect, test } from "vitest";
import { nextCron } from "@/dev/engine/cron";
import { functions } from "@/inngest/functions";
import { crons } from "@/lib/heartbeats";

const table = functions.map((fn) => [fn.id(), fn] as const);

test.each(table)("%s says what it is called, what it does, and how often it attempts", (_id, { opts }) => {
  expect(opts.name).toMatch(/^[A-Z].{4,}/);
  expect(opts.description).toMatch(/^[A-Z].{20,}\.$/s);
  // Left out, the server would take a number of its own.
  expect(opts.retries).toEqual(expect.any(Number));
});

test("names and descriptions distinguish the functions apart", () => {
  expect(new Set(functions.map(({ opts }) => opts.name)).size).toBe(functions.length);
  expect(new Set(functions.map(({ opts }) => opts.description)).size).toBe(functions.length);
});

/** The schedules of all functions, by id. */
const schedules = functions.flatMap((fn) =>
  (fn.opts.triggers ?? []).flatMap((trigger) =>
    "cron" in trigger && trigger.cron ? [[fn.id(), trigger.cron] as const] : [],
  ),
);

test("every function with a schedule is missed when it falls silent, and no other", () => {
  expect(schedules.map(([id]) => id).sort()).toEqual(
    crons()
      .map(({ name }) => name)
      .sort(),
  );
});

/** These continue in another run, which begins before theirs has ended, and each round of the sweeps is one with its own leases. */
const OVERLAPPING = ["cleanup-old-data", "daily-digest", "reconcile"];

test("a function with a schedule never runs twice at once, unless it is made for it", () => {
  const singletons = functions.filter(({ opts }) => opts.singleton).map((fn) => fn.id());
  const scheduled = schedules.map(([id]) => id).filter((id) => !OVERLAPPING.includes(id));
  expect(singletons.sort()).toEqual(scheduled.sort());
});

test.each(schedules)("%s is expected as often as it runs", (id, cron) => {
  const times: number[] = [];
  for (let at = Date.UTC(2026, 0, 1); times.length < 100; times.push(at))
    at = nextCron(cron, at) ?? expect.fail("never");
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  expect(crons().find(({ name }) => name === id)?.intervalMs).toBe(Math.max(...gaps));
});
