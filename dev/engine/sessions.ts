import { isObject, type Json } from "./json";

/** server: consts.MaxEventSessions, MaxEventSessionKeyLength, MaxEventSessionIDLength. */
const MAX_SESSIONS = 5;
const MAX_KEY_BYTES = 128;
const MAX_ID_BYTES = 512;

type Sessions = Record<string, string>;

/**
 * The sessions of an event: those of its sender, then those of the run that sent it, in order of their keys, up to five. A null
 * removes an inherited session, or all of them. Returns undefined without sessions, and an error message when they are wrong
 * (server: pkg/event/sessions.go).
 */
export function resolveMeta(meta: Json | undefined): { sessions: Sessions } | string | undefined {
  if (meta === undefined || meta === null) return undefined;
  if (!isObject(meta)) return '"meta" has the wrong type';
  const { sessions: manual, propagated_sessions: propagated } = meta;
  const own = read(manual ?? {});
  const inherited = read(manual === null ? {} : (propagated ?? {}));
  if (typeof own === "string" || typeof inherited === "string") return String([own, inherited].find(isText));
  const removed = new Set(
    Object.entries(isObject(manual) ? manual : {}).flatMap(([key, id]) => (id === null ? [key] : [])),
  );
  const candidates = Object.keys(inherited).filter((key) => !removed.has(key) && !Object.hasOwn(own, key));
  const sessions = { ...own };
  for (const key of candidates.sort().slice(0, Math.max(0, MAX_SESSIONS - Object.keys(own).length)))
    sessions[key] = inherited[key] ?? "";
  const problem = problemOf(sessions);
  if (problem !== undefined) return problem;
  return Object.keys(sessions).length === 0 ? undefined : { sessions };
}

const isText = (value: unknown) => typeof value === "string";

function read(value: Json): Sessions | string {
  if (!isObject(value)) return '"sessions" has the wrong type';
  const sessions: Sessions = {};
  for (const [key, id] of Object.entries(value)) {
    if (id === null || id === undefined) continue;
    if (typeof id !== "string" && typeof id !== "number")
      return `event session "${key}" must be a string, number, or null`;
    sessions[key] = String(id);
  }
  return sessions;
}

function problemOf(sessions: Sessions): string | undefined {
  if (Object.keys(sessions).length > MAX_SESSIONS) return `event sessions can include at most ${MAX_SESSIONS} entries`;
  for (const [key, id] of Object.entries(sessions)) {
    if (key === "") return "event session keys cannot be empty";
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) return `event session key "${key}" exceeds ${MAX_KEY_BYTES} bytes`;
    if (id === "") return `event session "${key}" cannot have an empty ID`;
    if (Buffer.byteLength(id) > MAX_ID_BYTES) return `event session "${key}" exceeds ${MAX_ID_BYTES} bytes`;
  }
  return undefined;
}
