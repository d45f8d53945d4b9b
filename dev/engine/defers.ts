import type { Core } from "./core";
import { accept } from "./intake";
import { isObject, type Json, type JsonObject } from "./json";
import type { Run } from "./model";
import { type Op, option } from "./opcode";
import { resolveMeta } from "./sessions";

/** The event that starts a deferred function. */
const DEFERRED = "inngest/deferred.schedule";
/** server: consts.MaxDefersPerRun, MaxDeferInputSize. */
const MAX_DEFERS = 20;
const MAX_INPUT_BYTES = 4 * 1024 * 1024;

/** A run of another function that starts when this run has ended. */
export interface Defer extends JsonObject {
  fn: string;
  input: JsonObject;
  meta?: Json;
  status: "after_run" | "aborted" | "rejected";
}

/** Whether the op is sent along with others, and neither continues the run nor waits for anything. */
export const isLazy = ({ op }: Op): boolean => op === "DeferAdd" || op === "DeferAbort";

/** Stores what `defer()` or its `abort()` asks for. A wrong one is ignored and the run goes on (server: pkg/execution/defers). */
export function saveDefer(core: Core, run: Run, op: Op): void {
  const defers = { ...run.defers };
  const target = defers[option(op, "target_hashed_id") ?? ""];
  if (op.op === "DeferAbort" && target?.status === "after_run") target.status = "aborted";
  const fn = option(op, "fn_slug");
  if (op.op === "DeferAdd" && fn && !defers[op.id] && Object.keys(defers).length < MAX_DEFERS) {
    const { input, meta } = op.opts;
    const accepted = isObject(input) && Buffer.byteLength(JSON.stringify(input)) <= MAX_INPUT_BYTES;
    defers[op.id] = accepted ? { fn, input, meta, status: "after_run" } : { fn, input: {}, status: "rejected" };
  }
  run.defers = defers;
  core.state.putRun(run);
}

/** Starts the deferred functions of a run that has ended (server: executor/finalize.go `buildDeferEvents`). */
export function startDefers(core: Core, run: Run): void {
  for (const [id, { fn, input, meta, status }] of Object.entries(run.defers ?? {})) {
    const resolved = resolveMeta(meta);
    if (status !== "after_run" || typeof resolved === "string") continue;
    const parent = { parent_fn_id: core.state.fns.get(run.fn)?.uuid, parent_fn_slug: run.fn, parent_run_id: run.id };
    const data = { ...input, _inngest: { fn_slug: fn, ...parent } };
    accept(core, { id: `${run.id}.${id}`, name: DEFERRED, data, ts: core.clock.now(), user: {}, meta: resolved });
  }
}

/** The defers that the SDK need not report again. */
export const knownDefers = (run: Run): JsonObject =>
  Object.fromEntries(
    Object.entries(run.defers ?? {}).map(([id, { status }]) => [id, { abortable: status === "after_run" }]),
  );
