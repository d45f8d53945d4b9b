import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { z } from "zod";
import { ensureBuilt } from "@/dev/build";
import { DemoCustomer } from "@/dev/demo-customer";
import { scratchDir, startStack } from "@/dev/stack";

/**
 * `npm run profile -- --orders 300`: places orders at the built shop, eight at once, and writes a CPU profile of the app and one of
 * the local services (open them in Chrome's DevTools). It prints the busiest packages of each.
 */
const { values } = parseArgs({ options: { orders: { type: "string", default: "300" } } });
const orders = Number(values.orders);
const CONCURRENCY = 8;
const BUSIEST = 15;

const profileSchema = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) })),
  samples: z.array(z.number()),
  /** In microseconds, one for each sample. */
  timeDeltas: z.array(z.number()),
});
type Profile = z.infer<typeof profileSchema>;

ensureBuilt(console.log);
const folder = path.resolve(".local/profile", new Date().toISOString().replace(/[:.]/g, "-"));
mkdirSync(folder, { recursive: true });
const stack = await startStack({
  dir: scratchDir("profile"),
  mode: "start",
  nodeArgs: ["--cpu-prof", `--cpu-prof-dir=${folder}`],
  // An email that waits for the provider's limit is logged as an error.
  env: { CHECKOUTS_PER_MINUTE: "100000", LOG_LEVEL: "silent" },
});
const database = new pg.Client({ connectionString: stack.database });
await database.connect();
await database.query("UPDATE inventory SET available = 1000000, received = 1000000 + sold WHERE reserved = 0");
await database.end();
const customer = new DemoCustomer(stack.app, stack.mailbox);
const product = "prod_001";

let placed = 0;
async function buy(): Promise<void> {
  for (let n = placed++; n < orders; n = placed++) {
    const cart = { items: [{ productId: product, quantity: 1 }], email: `profile${n}@customers.example` };
    const { order, problem } = await customer.checkout({ ...cart, paymentMethod: "pm_card_visa" });
    if (!order) throw new Error(problem?.detail);
    await customer.reaches(order, ["confirmed"]);
  }
}

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.start");
const started = performance.now();
await Promise.all(Array.from({ length: CONCURRENCY }, buy));
const seconds = (performance.now() - started) / 1_000;
const services = profileSchema.parse((await session.post("Profiler.stop")).profile);
writeFileSync(path.join(folder, "services.cpuprofile"), JSON.stringify(services));
// The app writes its profile when it exits.
await stack.close();

console.log(`${orders} orders in ${seconds.toFixed(1)} s, ${(orders / seconds).toFixed(1)} a second, profiled`);
// Each thread of the app has a profile. The one of its main thread is the largest.
const size = (name: string) => statSync(path.join(folder, name)).size;
const [file] = readdirSync(folder)
  .filter((name) => name.startsWith("CPU."))
  .toSorted((a, b) => size(b) - size(a));
if (file) print("app, with its start", profileSchema.parse(JSON.parse(readFileSync(path.join(folder, file), "utf8"))));
print("engine, fake Stripe, mailbox and client", services);
console.log(`\nProfiles: ${path.relative(process.cwd(), folder)}`);

function print(title: string, profile: Profile): void {
  const times = timeByPackage(profile);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n${title}: ${(total / orders).toFixed(1)} ms for each order`);
  for (const [name, time] of [...times].toSorted((a, b) => b[1] - a[1]).slice(0, BUSIEST))
    console.log(`  ${(time / orders).toFixed(2).padStart(7)} ms  ${name}`);
}

/** Returns the time in ms that each package was busy itself. */
function timeByPackage({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const packages = new Map(nodes.map(({ id, callFrame }) => [id, packageOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const name = packages.get(id) ?? "";
    if (name !== "(idle)") times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  });
  return times;
}

function packageOf({ functionName, url }: Profile["nodes"][number]["callFrame"]): string {
  if (functionName.startsWith("(")) return functionName;
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name) return name;
  if (url.includes("/.next/")) return "the built app";
  return url.startsWith("node:") || url === "" ? "Node.js" : path.relative(process.cwd(), url.replace("file://", ""));
}
