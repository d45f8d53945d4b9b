import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

/**
 * `npm run bench -- --peer [folder]`: orders per second, CPU and latency of this build beside the same work on DBOS, in turn, with the
 * harness in `folder` (default `../shared/peers`). `ROUNDS`, `CONC` and `WARM` are passed on to it. Needs `npm run build`, and a
 * PostgreSQL server on this machine. The harness writes to `.local/peers`.
 */
const folder = path.resolve(process.argv[2] ?? "../shared/peers");
if (!existsSync(path.join(folder, "rounds.sh"))) throw new Error(`There is no benchmark of peers in ${folder}.`);
const workdir = path.resolve(".local/peers");
mkdirSync(workdir, { recursive: true });

const env = {
  ...{ CONC: "1,8,8x1000", WARM: "300", PEERS: "dbos-full steadfast" },
  ...process.env,
  ...{ WORKDIR: workdir, STEADFAST_DIR: process.cwd() },
};

function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: folder, env, stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed with status ${status}.`);
}
const sql = (database: string, ...statements: string[]) =>
  run("./pg.sh", "psql", "-q", "-d", database, ...statements.flatMap((statement) => ["-c", statement]));

run("./pg.sh", "start");
try {
  if (!existsSync(path.join(workdir, "dbos-full"))) run("node", "setup.mjs", "dbos-full");
  sql("postgres", "DROP DATABASE IF EXISTS steadfast WITH (FORCE)", "CREATE DATABASE steadfast");
  run("node", "--eval", 'import("./lib/steadfast.mjs").then((peer) => peer.migrate())');
  // The harness reads the emails of both under one name.
  sql("steadfast", "CREATE VIEW mails AS SELECT * FROM emails");
  run("./rounds.sh");
  run("node", "table.mjs");
} finally {
  run("./pg.sh", "stop");
}
