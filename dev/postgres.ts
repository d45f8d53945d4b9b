import { type ChildProcess, execFileSync, fork, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { freePort } from "./ports";
import { type PostgresPaths, pathsFor, serverUser } from "./postgres-paths";
import { isProcess } from "./stack-file";
import { waitUntil } from "./wait-until";

export interface Postgres {
  port: number;
  /** The connection string of a database on this server. */
  url(database: string): string;
  createDatabase(name: string, template?: string): Promise<void>;
  close(): Promise<void>;
  /** Sends SIGKILL to the server, as a crash does, and waits for its end. */
  kill(): Promise<void>;
}

export interface PostgresOptions {
  /** The folder of the cluster and its log. Created when missing. */
  dir: string;
  /** Used when free, otherwise another one. */
  port?: number;
  /** False: faster, but a power cut may lose data. For tests. */
  durable?: boolean;
  /** Whether dead rows are removed and statistics made in the background, by default if it is durable. */
  autovacuum?: boolean;
  /** Libraries to load with the server, such as pg_stat_statements. */
  preload?: string;
}

const USER = "steadfast";
const GUARD = fileURLToPath(new URL("guard.mjs", import.meta.url));

/**
 * Starts PostgreSQL from the binaries in the npm package, in its own process. A server that an earlier start left running
 * on the same data is stopped first. After a crash PostgreSQL recovers by itself.
 */
export async function startPostgres({
  dir,
  port: wanted,
  durable = true,
  autovacuum = durable,
  preload,
}: PostgresOptions): Promise<Postgres> {
  const owner = serverUser();
  const place = pathsFor(dir, owner);
  const data = path.join(place.dir, "data");
  await stopLeftover(data);
  const password = initialise(data, place, owner);
  const port = await freePort(wanted);
  const log = path.join(place.dir, "postgres.log");
  const flags = [
    `-c port=${port}`,
    "-c listen_addresses=127.0.0.1",
    "-c unix_socket_directories=",
    "-c max_connections=200",
    "-c shared_buffers=128MB",
    ...(preload ? [`-c shared_preload_libraries=${preload}`] : []),
    ...(durable ? [] : ["-c fsync=off", "-c full_page_writes=off", "-c synchronous_commit=off"]),
    ...(autovacuum ? [] : ["-c autovacuum=off"]),
  ];
  const output = openSync(log, "a");
  // Detached: a Ctrl-C in the terminal must not reach the database before the app. The guard ends it with this process.
  const server = fork(GUARD, [path.join(place.native, "bin", "postgres"), "-D", data, ...flags.join(" ").split(" ")], {
    cwd: place.dir,
    detached: true,
    execArgv: [],
    stdio: ["ignore", output, output, "ipc"],
    // SIGINT is PostgreSQL's "fast shutdown": open transactions are rolled back, data is written out.
    env: { ...process.env, STEADFAST_GUARD: JSON.stringify({ ...owner, stop: "SIGINT", grace: 60_000 }) },
  });
  closeSync(output);
  const url = (database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  await ready(server, url("postgres"), log);
  return {
    port,
    url,
    createDatabase: (name, template) => createDatabase(url("postgres"), name, template),
    close: () => stop(server),
    async kill() {
      server.send("kill");
      await ended(server);
    },
  };
}

/** Creates the cluster when it is missing. Returns the password of its user. */
function initialise(data: string, place: PostgresPaths, owner: { uid?: number; gid?: number }): string {
  const file = path.join(place.dir, "password");
  if (existsSync(path.join(data, "global", "pg_control")) && existsSync(file)) return readFileSync(file, "utf8").trim();
  // Under another name until it is complete: a start that was killed leaves no half of a cluster.
  const unfinished = `${data}.new`;
  for (const folder of [data, unfinished]) rmSync(folder, { recursive: true, force: true });
  const password = randomBytes(12).toString("hex");
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  if (owner.uid !== undefined) chownSync(file, owner.uid, owner.gid ?? owner.uid);
  execFileSync(
    path.join(place.native, "bin", "initdb"),
    [
      ...[
        `--pgdata=${unfinished}`,
        `--username=${USER}`,
        `--pwfile=${file}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
      ],
      ...[
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        `--lc-ctype=${utf8Locale()}`,
        "--no-sync",
      ],
    ],
    { ...owner, cwd: place.dir, stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, LC_ALL: "C" } },
  );
  renameSync(unfinished, data);
  return password;
}

/**
 * Returns a locale of this machine that knows the letters of all scripts, or `C` if it has none. With `C`, pg_trgm finds no letters
 * in Ирина or 王芳. The names of the locales differ between systems.
 */
function utf8Locale(): string {
  const names = spawnSync("locale", ["-a"], { encoding: "utf8" }).stdout?.split("\n") ?? [];
  return names.find((name) => /^(C\.|en_US\.)?utf-?8$/i.test(name)) ?? "C";
}

/** Stops a server of an earlier start in `dir`, and removes its data. */
export async function removePostgres(dir: string): Promise<void> {
  const note = path.join(dir, "moved-to.txt");
  const outside = existsSync(note) ? readFileSync(note, "utf8").trim() : undefined;
  await stopLeftover(path.join(outside ?? dir, "data"));
  for (const place of [outside, dir]) if (place) rmSync(place, { recursive: true, force: true });
}

/** Stops a server of an earlier start: it locks the data directory. */
async function stopLeftover(data: string): Promise<void> {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const [pid, dir] = readFileSync(file, "utf8").split("\n");
  const running = () => isProcess(Number(pid), "postgres");
  if (dir !== data || !running()) return rmSync(file, { force: true });
  process.kill(Number(pid), "SIGINT");
  await waitUntil(() => !running(), "the PostgreSQL of an earlier start to stop");
}

async function ready(server: ChildProcess, url: string, log: string): Promise<void> {
  await waitUntil(async () => {
    if (server.exitCode !== null) {
      const tail = readFileSync(log, "utf8").split("\n").slice(-15).join("\n");
      throw new Error(`PostgreSQL did not start:\n${tail}`);
    }
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }, "PostgreSQL to accept connections");
}

async function createDatabase(admin: string, name: string, template = "template0"): Promise<void> {
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
  } finally {
    await client.end();
  }
}

async function stop(server: ChildProcess): Promise<void> {
  server.kill("SIGINT");
  await ended(server);
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
}

/** A temporary cluster, by default without autovacuum. `close` deletes it. */
export async function startScratchPostgres(options: Pick<PostgresOptions, "autovacuum"> = {}): Promise<Postgres> {
  const dir = path.join(tmpdir(), `steadfast-test-${process.pid}-${randomBytes(3).toString("hex")}`);
  const server = await startPostgres({ dir, durable: false, ...options });
  return {
    ...server,
    async close() {
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
