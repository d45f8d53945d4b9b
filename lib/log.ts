import pino from "pino";
import { now } from "./clock";
import { logEnv } from "./env";

/** Keys whose values are redacted, at any depth. */
const SECRET_KEYS = ["authorization", "cookie", "password", "secret", "token"];

/** E-mail addresses, provider keys and webhook secrets, bearer tokens, and card numbers (12 to 19 digits, ISO/IEC 7812). */
const SENSITIVE =
  /[\w.+'-]+@[\w-]+(?:\.[\w-]+)+|\b(?:sk|rk|pk)_(?:live|test)_\w+|\b(?:whsec|re)_[\w+/=-]{8,}|\bBearer [\w.~+/=-]+|\b\d(?:[ -]?\d){11,18}\b|(?<=[?&]token=)[\w.~-]+/g;

const redactText = (text: string): string => text.replace(SENSITIVE, "[redacted]");

/** Returns `value` with every text in it redacted. */
function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (value instanceof Error) return redact(pino.stdSerializers.err(value));
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      SECRET_KEYS.includes(key.toLowerCase()) ? "[redacted]" : redact(inner),
    ]),
  );
}

/** The logger: one JSON object a line on standard error. Addresses, card numbers, keys and tokens are redacted. */
export const log = pino(
  {
    level: logEnv().LOG_LEVEL,
    base: null,
    timestamp: () => `,"time":"${now().toISOString()}"`,
    formatters: {
      level: (level) => ({ level }),
      log: (fields) => redact(fields) as Record<string, unknown>,
      bindings: (fields) => redact(fields) as Record<string, unknown>,
    },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((arg) => (typeof arg === "string" ? redactText(arg) : arg)) as typeof args);
      },
    },
  },
  // Synchronous, so that the last line before a crash is written.
  pino.destination({ fd: 2, sync: true }),
);
