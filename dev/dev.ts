import { watch } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { isWarning } from "./log-filter";
import { phase, printLine } from "./progress.mjs";
import { resetStack, type Stack, startStack } from "./stack";

const { values } = parseArgs({
  options: {
    reset: { type: "boolean" },
    seed: { type: "boolean" },
    "dev-server": { type: "boolean" },
    verbose: { type: "boolean" },
  },
});
const dir = path.resolve(".local");
const started = performance.now();
let starting: Promise<Stack> | undefined;
let ending = false;
/** The time of the first signal: one Ctrl-C arrives twice, from the terminal and from npm. */
let endRequestedAt = 0;

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (!ending) void end(0);
    else if (performance.now() - endRequestedAt > 1_000) process.exit(1); // a second Ctrl-C does not wait
  });

try {
  if (values.reset) await resetStack(dir);
  console.log("Starting Steadfast…");
  const devServer = values["dev-server"] ?? false;
  starting = startStack({ dir, mode: "dev", fixedPorts: true, devServer, seed: values.seed, log: show, phase });
  const stack = await starting;
  if (!ending) print(stack);
  syncOnChange(stack);
  const code = await stack.appEnded;
  if (!ending) await end(code, "The app has ended.");
} catch (error) {
  if (!ending) await end(1, error instanceof Error ? error.message : String(error));
}

async function end(code: number, reason?: string): Promise<void> {
  ending = true;
  endRequestedAt = performance.now();
  if (reason) console.error(reason);
  else console.log("Stopping…");
  // A stack that is starting is started first, because only then can it be stopped.
  const stack = await starting?.catch(() => undefined);
  await stack?.close();
  process.exit(code);
}

function show(line: string): void {
  if (values.verbose || isWarning(line)) printLine(line);
}

function print({ storefront, app, inngest, stripe, mailbox, database, notes, users }: Stack): void {
  const rows = [
    ["Shop", app, "to buy something with a test card"],
    ["Console", `${app}/console`, "to run the shop, as the manager or the admin"],
    ["Store", storefront, "an example of a storefront on another origin, of one page"],
    ["Mailbox", mailbox, notes.mailbox ?? "every email that the shop sends"],
    ["Runs", inngest, notes.inngest ?? "every workflow, step by step"],
    ["Stripe", stripe, notes.stripe ?? "every payment, and 3-D Secure"],
  ] as const;
  const width = Math.max(...rows.map(([, address]) => address.length), ...users.map(({ email }) => email.length));
  console.log(
    `\nSteadfast is ready after ${((performance.now() - started) / 1_000).toFixed(1)} s. Ctrl-C stops it and keeps the data.\n`,
  );
  for (const [name, address, note] of rows) console.log(`  ${name.padEnd(9)} ${address.padEnd(width)}  ${note}`);
  console.log(`  Database  ${database}  ${notes.database ?? ""}`.trimEnd());
  if (users.length > 0) console.log("\n  Sign in as");
  for (const { role, email, password } of users) console.log(`  ${role.padEnd(9)} ${email.padEnd(width)}  ${password}`);
  console.log("");
}

/** Registers the functions again when one of them changes. */
function syncOnChange({ sync }: Stack): void {
  let timer: NodeJS.Timeout | undefined;
  watch(path.resolve("inngest"), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void sync().catch((error) => console.error(String(error))), 500);
  });
}
