import type { Core } from "./core";
import { type Door, json, match, type Reply, type Request } from "./http";
import { seededEventId } from "./ids";
import { accept } from "./intake";
import { isObject, type Json, type JsonObject, parseJson } from "./json";
import type { EventPayload } from "./model";

/** server: consts.MaxEvents, AbsoluteMaxEventSize; pkg/event/event.go. */
const MAX_EVENTS = 5000;
const MAX_SIZE = 3 * 1024 * 1024;
const EARLIEST = Date.UTC(1980, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

const isText = (value: Json | undefined) => typeof value === "string";
/** What each member of an event must be, if it is there and not null. */
const MEMBERS: Record<string, (value: Json | undefined) => boolean> = {
  name: isText,
  id: isText,
  v: isText,
  ts: Number.isSafeInteger,
  data: isObject,
  user: isObject,
};

/** `POST /e/<event key>`: takes one event or an array (server: pkg/api/api.go `ReceiveEvent`). */
export function eventDoor(core: Core): Door {
  return (request) => {
    const [key] = request.method === "POST" ? (match("/e/:key", request.path) ?? []) : [];
    if (key === undefined) return undefined;
    if (key === "") return json(401, { error: "Event key is required", status: 401 });
    if (core.eventKey !== undefined && key !== core.eventKey) {
      return json(401, { error: "Event key not found", status: 401 });
    }
    return receive(core, request);
  };
}

function receive(core: Core, request: Request): Reply {
  const parsed = parseJson(request.body);
  const items = Array.isArray(parsed) ? parsed : [parsed];
  const { ids, error } = receiveEvents(core, items, String(request.headers["x-inngest-event-id-seed"] ?? ""));
  core.flush();
  const status = error === undefined ? 200 : 400;
  // The server's list of ids is never empty: where there is none, it has one that is.
  return json(status, { ids: ids.length === 0 ? [""] : ids, status, error });
}

/** Accepts one event after the other up to the first that is wrong, and gives the accepted ones' ids. */
export function receiveEvents(
  core: Core,
  items: (Json | undefined)[],
  seed?: string,
): { ids: string[]; error?: string } {
  const ids: string[] = [];
  for (const [index, item] of items.entries()) {
    if (index === MAX_EVENTS) return { ids, error: `Cannot have more than ${MAX_EVENTS} events in a batch` };
    const id = seededEventId(seed, index + 1) ?? core.newId();
    const payload = normalize(item, id, core.clock.now());
    if (typeof payload === "string") return { ids, error: payload };
    accept(core, payload, id);
    ids.push(id);
  }
  return { ids };
}

/** The event with its defaults, or what is wrong with it (server: pkg/event/inbound.go, event.go `Validate`). */
function normalize(item: Json | undefined, id: string, now: number): EventPayload | string {
  if (!isObject(item)) return "Request body must contain an event object or an array of event objects";
  const size = Buffer.byteLength(JSON.stringify(item));
  if (size > MAX_SIZE) return `Event is over the max size: Max ${MAX_SIZE} bytes / Size ${size} bytes`;
  const wrong = Object.keys(MEMBERS).find((key) => (item[key] ?? null) !== null && !MEMBERS[key]?.(item[key]));
  if (wrong !== undefined) return `"${wrong}" has the wrong type`;
  const name = String(item.name ?? "");
  const ts = Number(item.ts ?? 0);
  if (name === "") return "event name is empty";
  if (name.toLowerCase().startsWith("inngest/")) return `event name is reserved for internal use: ${name}`;
  if (ts !== 0 && ts < EARLIEST) return "timestamp is before Jan 1, 1980";
  if (ts > LATEST) return "timestamp is after Jan 1, 2100";
  const data: JsonObject = isObject(item.data) ? { ...item.data } : {};
  delete data._inngest;
  return {
    id: String(item.id || id),
    name,
    data,
    ts: ts || now,
    user: isObject(item.user) ? item.user : {},
    ...(item.v ? { v: String(item.v) } : {}),
  };
}
