import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Inngest } from "inngest";
import { serve } from "inngest/node";
import { startEngine } from "./index";

/**
 * Measures the runs per second of a function of six empty steps, with engine, SDK and app in this one process:
 * `tsx dev/engine/bench.ts --runs 1000 --store /tmp/bench.jsonl`
 */
const { values } = parseArgs({ options: { runs: { type: "string", default: "1000" }, store: { type: "string" } } });
const runs = Number(values.runs);

const engine = await startEngine({ store: values.store });
const client = new Inngest({ id: "bench", isDev: true, baseUrl: engine.url });
let ended = () => {};
let left = 0;
const fn = client.createFunction({ id: "six", triggers: { event: "go" }, retries: 0 }, async ({ step }) => {
  for (const id of ["a", "b", "c", "d", "e", "f"]) await step.run(id, () => id);
  left -= 1;
  if (left === 0) ended();
});
const handler = serve({ client, functions: [fn] });
let calls = 0;
const server = createServer((request, response) => {
  if (request.method === "POST") calls += 1;
  void handler(request, response);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
await engine.sync(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/inngest`);

for (const round of [1, 2, 3]) {
  left = runs;
  calls = 0;
  const all = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const start = performance.now();
  await client.send(Array.from({ length: runs }, () => ({ name: "go", data: {} })));
  await all;
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `round ${round}: ${runs} runs in ${seconds.toFixed(1)} s, ${Math.round(runs / seconds)}/s, ${calls} calls`,
  );
}
server.closeAllConnections();
server.close();
await engine.close();
