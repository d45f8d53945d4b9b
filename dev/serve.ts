import { parseArgs } from "node:util";
import { orderSubjects } from "./order-subjects";
import { startService } from "./services";

const USAGE = `Usage:
  tsx dev/serve.ts engine|stripe|mailbox [--port N] [--store FILE] [--app URL] [--rate N]
  tsx dev/serve.ts migrate

  --port   default: 8288 (engine), 3010 (stripe), 3020 (mailbox); 0 takes a free port
  --store  the file that keeps the data; default: memory
  --app    the address of the app: the engine registers its functions there, the others send it webhooks
  --rate   requests per second that the mailbox accepts; 0 means no limit

Secrets come from the environment: STRIPE_WEBHOOK_SECRET (stripe with --app), RESEND_WEBHOOK_SECRET (mailbox with --app),
INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY (engine, optional). With --app and DATABASE_URL the pages name orders. migrate migrates DATABASE_URL and adds the example data.`;

const PORTS = { engine: 8288, stripe: 3010, mailbox: 3020 };

/** Starts one part of the local stack in this process, or prepares the database. Other tools depend on its arguments. */
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string" },
      store: { type: "string" },
      app: { type: "string" },
      rate: { type: "string" },
    },
  });
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new Error(`Unexpected argument "${rest[0]}".`);
  if (name === "migrate") await prepareDatabase();
  else if (name === "engine" || name === "stripe" || name === "mailbox") {
    const { store, app } = values;
    if (app !== undefined && !/^https?:\/\//.test(app)) throw new Error(`--app must be an http address, not "${app}".`);
    const port = numberOf("port", values.port, 65_535) ?? PORTS[name];
    const { DATABASE_URL: database } = process.env;
    const service = await startService(name, {
      ...{ port, store, app, ratePerSecond: numberOf("rate", values.rate) },
      secrets: {
        stripeWebhook: process.env.STRIPE_WEBHOOK_SECRET,
        resendWebhook: process.env.RESEND_WEBHOOK_SECRET,
        signingKey: process.env.INNGEST_SIGNING_KEY,
        eventKey: process.env.INNGEST_EVENT_KEY,
      },
      ...(app && database ? { subjects: orderSubjects(app, database, console.log) } : {}),
      log: (line) => console.log(line),
    });
    console.log(`${name} listening on ${service.url}`);
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => void service.close().then(() => process.exit(0)));
  } else throw new Error(name === undefined ? "No part is named." : `There is no part "${name}".`);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exit(1);
}

function numberOf(name: string, text: string | undefined, max = Number.MAX_SAFE_INTEGER): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) > max) throw new Error(`--${name} must be a number, not "${text}".`);
  return Number(text);
}

async function prepareDatabase(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is missing.");
  const [{ migrate }, { seed }] = [await import("@/prisma/migrate"), await import("@/prisma/seed")];
  await migrate(url);
  await seed(url);
}
