import { startTestPostgres, TEMPLATE } from "@/dev/database";
import { generate } from "./generate";
import { openSimulator } from "./simulator";
const [from = 1, count = 20, verbose] = process.argv.slice(2).map(Number);
const server = await startTestPostgres();
await server.createDatabase("sim", TEMPLATE);
const sim = await openSimulator(server.url("sim"));
const s = performance.now();
let bad = 0;
for (let seed = from; seed < from + count; seed++) {
  const t = performance.now();
  const out = await sim.run(generate(seed)).catch((e) => ({ faults: [String(e.stack)], timeline: [] as string[] }));
  console.log(seed, (performance.now() - t).toFixed(0));
  if (out.faults.length || verbose) {
    bad++;
    console.log(`--- seed ${seed} (${(performance.now() - t).toFixed(0)} ms)\n${out.timeline.join("\n")}\n=> ${out.faults.join("\n=> ")}`);
  }
}
console.log(`${bad} of ${count} bad; ${(count / ((performance.now() - s) / 1000)).toFixed(2)}/s`);
await sim.close(); await server.close();
