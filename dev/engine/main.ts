import { parseArgs } from "node:util";
import { startEngine } from "./index";

/**
 * The engine by itself: `tsx dev/engine/main.ts --port 8288 --journal .local/engine.jsonl --app http://localhost:3000/api/inngest`
 */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8288" },
    host: { type: "string" },
    journal: { type: "string" },
    app: { type: "string", multiple: true },
    "signing-key": { type: "string" },
    "event-key": { type: "string" },
  },
});

const engine = await startEngine({
  port: Number(values.port),
  host: values.host,
  journal: values.journal,
  apps: values.app,
  signingKey: values["signing-key"],
  eventKey: values["event-key"],
  log: (line) => console.log(line),
});
console.log(`listening on ${engine.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void engine.close().then(() => process.exit(0)));
}
