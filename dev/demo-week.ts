import { styleText } from "node:util";
import { startTestPostgres, TEMPLATE } from "./database";
import { liveAWeek } from "./week/week";
import { startWorld } from "./world";

/** Left out of the week: it looks every minute for what has stopped moving, and a week has 10,080 of them. */
const EVERY_MINUTE = ["reconcile", "reconcile-ledgers"];

/** `npm run demo -- --all`: a week on the virtual clock, in one process. Returns what is not as it should be. */
export async function demonstrateWeek(): Promise<string[]> {
  console.log(styleText("bold", "A week in the life of the shop, on a clock that jumps to what comes next"));
  const server = await startTestPostgres();
  try {
    await server.createDatabase("week", TEMPLATE);
    const world = await startWorld({ database: server.url("week"), without: EVERY_MINUTE });
    try {
      await liveAWeek(world);
      const { findViolations } = await import("@/lib/invariants");
      return (await findViolations()).map(({ invariant, what, id }) => `${invariant}: ${what} (${id})`);
    } finally {
      await world.close();
    }
  } finally {
    await server.close();
  }
}
