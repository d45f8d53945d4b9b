import { type Handler, header, json, type Reply, type Request, router } from "../shared/http";
import type { Core } from "./core";
import { seededEventId } from "./ids";
import { accept } from "./intake";
import { isObject, type Json, type JsonObject, parseJson } from "./json";
import type { EventPayload } from "./model";
import { resolveMeta } from "./sessions";

/** server: consts.MaxEvents, AbsoluteMaxEventSize; pkg/event/event.go. */
const MAX_EVENTS_PER_REQUEST = 5000;
const MAX_EVENT_BYTES = 3 * 1024 * 1024;
const MIN_TIMESTAMP = Date.UTC(1980, 0, 1);
const MAX_TIMESTAMP = Date.UTC(2100, 0, 1);

const isText = (value: Json | undefined) => typeof value === "string";
/** The type of each member of an event that is present and not null. */
const MEMBERS: Record<string, (value: Json | undefined) => boolean> = {
  name: isText,
  id: isText,
  v: isText,
  ts: Number.isSafeInteger,
  data: isObject,
  user: isObject,
};

/** `POST /e/<event key>`: takes one event or an array (server: pkg/api/api.go `ReceiveEvent`). */
export const eventRoutes = (core: Core): Handler =>
  router({
    "POST /e/:key": (request, key) => {
      if (key === "") return json(401, { error: "Event key is required", status: 401 });
      if (core.eventKey !== undefined && key !== core.eventKey)
        return json(401, { error: "Event key not found", status: 401 });
      return receive(core, request);
    },
  });

function receive(core: Core, request: Request): Reply {
  const parsed = parseJson(request.body);
  const items = Array.isArray(parsed) ? parsed : [parsed];
  const { ids, error } = receiveEvents(core, items, header(request, "x-inngest-event-id-seed"));
  core.commit();
  const status = error === undefined ? 200 : 400;
  // The server's list of ids is never empty: without an accepted event it holds an empty id.
  return json(status, { ids: ids.length === 0 ? [""] : ids, status, error });
}

/** Accepts the events up to the first invalid one. Returns the ids of the accepted events. */
export function receiveEvents(
  core: Core,
  items: (Json | undefined)[],
  seed?: string,
): { ids: string[]; error?: string } {
  const ids: string[] = [];
  for (const [index, item] of items.entries()) {
    if (index === MAX_EVENTS_PER_REQUEST)
      return { ids, error: `Cannot have more than ${MAX_EVENTS_PER_REQUEST} events in a batch` };
    const id = seededEventId(seed, index + 1) ?? core.newId();
    const payload = normalize(item, id, core.clock.now());
    if (typeof payload === "string") return { ids, error: payload };
    accept(core, payload, id);
    ids.push(id);
  }
  return { ids };
}

/** The event with its defaults, or an error message (server: pkg/event/inbound.go, event.go `Validate`). */
export function normalize(item: Json | undefined, id: string, now: number): EventPayload | string {
  if (!isObject(item)) return "Request body must contain an event object or an array of event objects";
  const size = Buffer.byteLength(JSON.stringify(item));
  if (size > MAX_EVENT_BYTES) return `Event is over the max size: Max ${MAX_EVENT_BYTES} bytes / Size ${size} bytes`;
  const wrong = Object.keys(MEMBERS).find((key) => (item[key] ?? null) !== null && !MEMBERS[key]?.(item[key]));
  if (wrong !== undefined) return `"${wrong}" has the wrong type`;
  const name = String(item.name ?? "");
  const ts = Number(item.ts ?? 0);
  if (name === "") return "event name is empty";
  if (name.toLowerCase().startsWith("inngest/")) return `event name is reserved for internal use: ${name}`;
  if (ts !== 0 && ts < MIN_TIMESTAMP) return "timestamp is before Jan 1, 1980";
  if (ts > MAX_TIMESTAMP) return "timestamp is after Jan 1, 2100";
  const meta = resolveMeta(item.meta);
  if (typeof meta === "string") return meta;
  const data: JsonObject = isObject(item.data) ? { ...item.data } : {};
  delete data._inngest;
  return {
    id: String(item.id || id),
    name,
    data,
    ts: ts || now,
    user: isObject(item.user) ? item.user : {},
    ...(item.v ? { v: String(item.v) } : {}),
    ...(meta ? { meta } : {}),
  };
}
