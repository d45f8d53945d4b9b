import { isObject, type Json, type JsonObject } from "./json";
import type { Failure } from "./model";

/** An operation that the SDK reports about a run (server: pkg/execution/state/opcode.go). */
export interface Op {
  op: string;
  /** Hashed step id. */
  id: string;
  /** The name of the step in the code. */
  displayName: string;
  /** The duration of a sleep, or the event of a wait. */
  name: string;
  opts: JsonObject;
  data: Json;
  error?: Failure;
  /** Start and duration in milliseconds, as the SDK measured them. */
  timing?: { start: number; duration: number };
}

/** Bytes of the output of one step, or of the function (server: consts.MaxStepOutputSize). */
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Whether the data of the op is larger than the limit. */
export const isTooLarge = (op: Op): boolean => Buffer.byteLength(JSON.stringify(op.data)) > MAX_OUTPUT_BYTES;

/** The ops in `body`, or undefined when it is not an array of ops. */
export function parseOps(body: Json | undefined): Op[] | undefined {
  if (!Array.isArray(body)) return undefined;
  const ops = body.map(parseOp);
  return ops.every((op) => op !== undefined) ? ops : undefined;
}

function parseOp(value: Json): Op | undefined {
  if (!isObject(value) || typeof value.op !== "string" || typeof value.id !== "string") return undefined;
  const name = typeof value.name === "string" ? value.name : "";
  const timing = isObject(value.timing) ? value.timing : undefined;
  return {
    op: value.op,
    id: value.id,
    displayName: typeof value.displayName === "string" ? value.displayName : name || value.id,
    name,
    opts: isObject(value.opts) ? value.opts : {},
    data: value.data ?? null,
    error: value.error === undefined ? undefined : stepFailure(value.error),
    timing:
      typeof timing?.a === "number" && typeof timing.b === "number"
        ? // Whole milliseconds, in which the SDK measures: the nanoseconds of the present are no exact numbers in JavaScript.
          { start: Math.round(timing.a / 1e6), duration: Math.round(timing.b / 1e6) }
        : undefined,
  };
}

/** The error of a step, with the members that the server stores (driver_response.go `UserError`). */
function stepFailure(value: Json): Failure {
  const { name, message, stack, data, cause } = parseFailure(value);
  const known = Object.entries({ stack, data, cause }).filter(([, member]) => member !== undefined);
  return { name, message, ...Object.fromEntries(known) };
}

/** An error that an SDK serialised, with all its members such as `code`, or any other answer. */
export function parseFailure(value: Json | undefined): Failure {
  if (!isObject(value))
    return { name: "Error", message: typeof value === "string" ? value : JSON.stringify(value ?? null) };
  const { name, message, stack, ...rest } = value;
  return {
    ...rest,
    name: typeof name === "string" && name !== "" ? name : "Error",
    message: typeof message === "string" ? message : JSON.stringify(value),
    ...(typeof stack === "string" ? { stack } : {}),
  };
}

/** The text under `key` of an op's options. */
export function option(op: Op, key: string): string | undefined {
  const value = op.opts[key];
  return typeof value === "string" ? value : undefined;
}
