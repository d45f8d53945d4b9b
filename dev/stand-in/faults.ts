import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../engine/clock";
import { type Incoming, json, problem, type Reply } from "./http";

/**
 * What `POST /faults` takes.
 *
 * - `timeout`: the call is taken and never answered; nothing is applied.
 * - `error`: answered with `status` in the original's shape; nothing is applied.
 * - `answer_lost`: the effect is applied, then the connection is reset.
 * - `rate_limit`: 429 in the original's shape; nothing is applied.
 * - `reset`: the connection is reset; nothing is applied.
 */
const faultSchema = z.strictObject({
  kind: z.enum(["timeout", "error", "answer_lost", "rate_limit", "reset"]),
  /** How many matching calls it hits. */
  times: z.int().min(1).default(1),
  /** Matching calls let through before the first hit. */
  after: z.int().min(0).default(0),
  /** Prefix of the API path. */
  path: z.string().startsWith("/").optional(),
  method: z.string().toUpperCase().optional(),
  status: z.int().min(400).max(599).default(500),
  code: z.string().optional(),
  /** Ms epoch: an outage. Every matching call fails until then, whatever `times` says. */
  until: z.int().optional(),
});

export type Fault = z.infer<typeof faultSchema> & { id: string };

/** The faults still to come, taken in the order in which they were asked for. */
export class Faults {
  private waiting: Fault[] = [];

  constructor(private readonly clock: Clock) {}

  add(fault: z.infer<typeof faultSchema>): Fault {
    const added = { ...fault, id: randomUUID() };
    this.waiting.push(added);
    return added;
  }

  list(): Fault[] {
    this.waiting = this.waiting.filter((fault) => fault.until === undefined || fault.until > this.clock.now());
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }

  /** The fault that hits this call, if any. Counts the call. `named`: only faults that name a path hit. */
  take(method: string, path: string, named = false): Fault | undefined {
    for (const fault of this.list()) {
      if (named && !fault.path) continue;
      if (fault.method && fault.method !== method) continue;
      if (fault.path && !path.startsWith(fault.path)) continue;
      if (fault.after > 0) {
        fault.after -= 1;
        continue;
      }
      if (fault.until !== undefined) return fault;
      fault.times -= 1;
      if (fault.times === 0) this.waiting = this.waiting.filter((other) => other !== fault);
      return fault;
    }
    return undefined;
  }

  /** `GET|POST|DELETE /faults`. */
  door(request: Incoming): Reply | undefined {
    if (request.path !== "/faults") return undefined;
    if (request.method === "GET") return json(200, { items: this.list() });
    if (request.method === "DELETE") {
      this.clear();
      return { status: 204, body: "" };
    }
    if (request.method !== "POST") return problem(405, "Method not allowed");
    const parsed = parseJson(faultSchema, request.body);
    return parsed.ok ? json(201, this.add(parsed.value)) : parsed.reply;
  }
}

/** Parses a JSON body for a door of the stand-ins; answers 400 or 422 with the reasons. */
export function parseJson<T extends z.ZodType>(
  schema: T,
  body: string,
): { ok: true; value: z.infer<T> } | { ok: false; reply: Reply } {
  let value: unknown;
  try {
    value = body === "" ? {} : JSON.parse(body);
  } catch {
    return { ok: false, reply: problem(400, "Malformed JSON") };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, reply: problem(422, "Invalid request", z.prettifyError(parsed.error)) };
}
