// The last step of `npm run build`. `npm start` runs its result, so production needs no TypeScript loader: that would keep a copy and a
// source map of every file in memory, 130 MB in each process.
import { build } from "esbuild";

await build({
  entryPoints: ["bin/start.ts"],
  outdir: ".next/bin",
  outExtension: { ".js": ".mjs" },
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20.19",
  logLevel: "warning",
});
