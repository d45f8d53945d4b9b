import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../shared/clock";
import { type Answer, json, problem, type Request, router } from "../shared/http";

/**
 * The body of `POST /faults`.
 *
 * - `timeout`: the call is never answered and changes nothing.
 * - `error`: the call is answered with `status` in the original's shape and changes nothing.
 * - `answer_lost`: the call is performed, then the connection is reset.
 * - `applied_error`: the call is performed, then answered 500.
 * - `decline`: the next charge is declined. Only Stripe has it.
 * - `rate_limit`: the call is answered 429 in the original's shape and changes nothing.
 * - `reset`: the connection is reset and the call changes nothing.
 */
const faultSchema = z.strictObject({
  kind: z.enum(["timeout", "error", "answer_lost", "applied_error", "decline", "rate_limit", "reset"]),
  /** The number of matching calls that fail. */
  times: z.int().min(1).default(1),
  /** The number of matching calls that succeed before the first failure. */
  after: z.int().min(0).default(0),
  /** Prefix of the API path. */
  path: z.string().startsWith("/").optional(),
  method: z.string().toUpperCase().optional(),
  status: z.int().min(400).max(599).default(500),
  code: z.string().optional(),
  /** The message of an error. Only Resend has it. */
  message: z.string().optional(),
  /** The end of an outage (ms epoch). Every matching call fails until then, whatever `times` is. */
  until: z.int().optional(),
});

export type Fault = z.infer<typeof faultSchema> & { id: string };

/** The pending faults, used in the order in which they were added. */
export class Faults {
  private pending: Fault[] = [];

  constructor(private readonly clock: Clock) {}

  /** `GET|POST|DELETE /faults`. */
  readonly routes = router({
    "GET /faults": () => json(200, { items: this.active() }),
    "POST /faults": withBody(faultSchema, (body) => json(201, this.add(body))),
    "DELETE /faults": () => {
      this.clear();
      return { status: 204, body: "" };
    },
  });

  add(fault: z.input<typeof faultSchema>): Fault {
    const added = { ...faultSchema.parse(fault), id: randomUUID() };
    this.pending.push(added);
    return added;
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault for this call, if any, which counts the call. `named`: only a fault that names a path applies. */
  take(method: string, path: string, named = false): Fault | undefined {
    for (const fault of this.active()) {
      if (named && !fault.path) continue;
      if (fault.method && fault.method !== method) continue;
      if (fault.path && !path.startsWith(fault.path)) continue;
      if (fault.kind === "decline" && !path.endsWith("/confirm")) continue;
      if (fault.after > 0) {
        fault.after -= 1;
        continue;
      }
      if (fault.until !== undefined) return fault;
      fault.times -= 1;
      if (fault.times === 0) this.pending = this.pending.filter((other) => other !== fault);
      return fault;
    }
    return undefined;
  }

  active(): Fault[] {
    this.pending = this.pending.filter((fault) => fault.until === undefined || fault.until > this.clock.now());
    return this.pending;
  }
}

/** A route's handler that gets its JSON body, checked by `schema`. Answers 400 or 422 with the reasons. */
export function withBody<T extends z.ZodType>(
  schema: T,
  handle: (body: z.infer<T>, request: Request, ...params: string[]) => Answer | Promise<Answer>,
) {
  return (request: Request, ...params: string[]): Answer | Promise<Answer> => {
    let value: unknown;
    try {
      value = request.body === "" ? {} : JSON.parse(request.body);
    } catch {
      return problem(400, "Malformed JSON");
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) return problem(422, "Invalid request", z.prettifyError(parsed.error));
    return handle(parsed.data, request, ...params);
  };
}
