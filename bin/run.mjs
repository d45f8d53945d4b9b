// `npm start` and `npm run worker`: runs what `npm run build` has made of bin/start.ts.
import { existsSync } from "node:fs";

const program = new URL("../.next/bin/start.mjs", import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error("There is no build. Run `npm run build` first.");
  process.exitCode = 1;
}
