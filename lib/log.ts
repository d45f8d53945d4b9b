import { now } from "./clock";

type Fields = Record<string, unknown>;

/** One JSON object a line on standard error, in pino's argument order, which is also what Inngest's SDK calls with. */
function write(level: string, bound: Fields, first: unknown, message?: unknown): void {
  const fields = typeof first === "object" && first !== null ? first : { msg: first };
  const line = {
    level,
    time: now().toISOString(),
    ...bound,
    ...fields,
    ...(message === undefined ? {} : { msg: message }),
  };
  process.stderr.write(`${JSON.stringify(line, (_, value) => (value instanceof Error ? plain(value) : value))}\n`);
}

function plain(error: Error): Fields {
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause ? { cause: String(error.cause) } : {}),
  };
}

const LEVELS = ["debug", "info", "warn", "error"] as const;
type Level = (typeof LEVELS)[number];
export type Logger = Record<Level, (first: unknown, message?: unknown) => void> & { child(fields: Fields): Logger };

function logger(bound: Fields): Logger {
  const at = (level: Level) => (first: unknown, message?: unknown) => {
    const threshold = LEVELS.indexOf((process.env.LOG_LEVEL ?? "info") as Level);
    if (LEVELS.indexOf(level) >= threshold && process.env.LOG_LEVEL !== "silent") write(level, bound, first, message);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => logger({ ...bound, ...fields }),
  };
}

export const log = logger({});
