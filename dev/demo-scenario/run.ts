import { styleText } from "node:util";
import { startTestPostgres, TEMPLATE } from "../database";
import { checkInvariants, endDemo } from "../demo-print";
import { startTestEnvironment } from "../test-environment";
import { playScenario } from "./scenario";

/** Not served: they run every few minutes, and a week has 10,080 minutes. */
const FREQUENT = ["reconcile", "check-invariants"];

/** The second part of `npm run demo -- --all`: a week on the virtual clock, in one process. Exit status 1 if a check fails. */
const started = performance.now();
console.log(styleText("bold", "\nA week of the shop on a virtual clock"));
const server = await startTestPostgres();
const problems: string[] = [];
try {
  await server.createDatabase("week", TEMPLATE);
  const environment = await startTestEnvironment({ database: server.url("week"), without: FREQUENT });
  // No alert about the functions that are not served.
  await environment.sql(
    "INSERT INTO cron_heartbeats (name, at, interval_ms) SELECT n, '2030-01-01', 60000 FROM unnest($1::text[]) n",
    [FREQUENT],
  );
  await playScenario(environment);
  problems.push(...(await checkInvariants("\nThe invariants at the end of the week, checked by SQL")));
  await environment.close();
} catch (error) {
  problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
await server.close();
endDemo(problems, started);
