import { styleText } from "node:util";
import { startTestPostgres, TEMPLATE } from "./database";
import { liveAWeek } from "./week/week";
import { startWorld } from "./world";

/** Left out of the week: they look every few minutes for what has stopped moving, and a week has 10,080 minutes. */
const FREQUENT = ["reconcile", "reconcile-ledgers", "resume-work"];

/** The second part of `npm run demo -- --all`: a week on the virtual clock, in one process. Exit status 1 if a promise is broken. */
const started = performance.now();
console.log(styleText("bold", "\nA week in the life of the shop, on a clock that jumps to what comes next"));
const server = await startTestPostgres();
const broken: string[] = [];
try {
  await server.createDatabase("week", TEMPLATE);
  const world = await startWorld({ database: server.url("week"), without: FREQUENT });
  // Nobody is to be alarmed by what was left out on purpose.
  await world.sql(
    "INSERT INTO cron_beats (name, at, interval_ms) SELECT n, '2030-01-01', 60000 FROM unnest($1::text[]) n",
    [FREQUENT],
  );
  await liveAWeek(world);
  broken.push(...(await checkPromises()));
  await world.close();
} catch (error) {
  broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await server.close();
for (const line of broken) console.error(styleText("red", `✗ ${line}`));
console.log(
  `\n${broken.length === 0 ? styleText("green", "Every promise was kept, the whole week.") : "Not every promise was kept."} ${((performance.now() - started) / 1_000).toFixed(0)} s in all.`,
);
process.exit(broken.length === 0 ? 0 : 1);

async function checkPromises(): Promise<string[]> {
  const { findViolations, INVARIANTS } = await import("@/lib/invariants");
  const violations = await findViolations();
  console.log(styleText("bold", "\nThe promises, checked by SQL at the week's end"));
  for (const [id, promise] of Object.entries(INVARIANTS)) {
    const kept = !violations.some(({ invariant }) => invariant === id);
    console.log(`  ${kept ? styleText("green", "✓") : styleText("red", "✗")} ${id}  ${promise}`);
  }
  return violations.map(({ invariant, what, id }) => `${invariant}: ${what} (${id})`);
}
