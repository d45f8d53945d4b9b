import type { Core } from "./core";
import { type Door, json, match, type Reply, type Request } from "./http";
import { seededEventId } from "./ids";
import { accept } from "./intake";
import { isObject, type Json, type JsonObject, parseJson } from "./json";
import type { EventPayload } from "./model";

/** server: consts.MaxEvents, AbsoluteMaxEventSize, MaxEventNameLength. */
const MAX_EVENTS = 5000;
const MAX_SIZE = 3 * 1024 * 1024;
const MAX_NAME = 512;
const EARLIEST = Date.UTC(1980, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

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
  const result = receiveEvents(core, items, String(request.headers["x-inngest-event-id-seed"] ?? ""));
  if (typeof result === "string") return json(400, { ids: [], status: 400, error: result });
  core.flush();
  return json(200, { ids: result, status: 200 });
}

/** Accepts all events and gives their ids, or tells what is wrong with one and accepts none. */
export function receiveEvents(core: Core, items: (Json | undefined)[], seed?: string): string[] | string {
  if (items.length > MAX_EVENTS) return `Cannot have more than ${MAX_EVENTS} events in a batch`;
  const accepted: { id: string; payload: EventPayload }[] = [];
  for (const [index, item] of items.entries()) {
    const id = seededEventId(seed, index + 1) ?? core.newId();
    const payload = normalize(item, id, core.clock.now());
    if (typeof payload === "string") return payload;
    accepted.push({ id, payload });
  }
  for (const { id, payload } of accepted) accept(core, payload, id);
  return accepted.map(({ id }) => id);
}

/** The event with its defaults, or what is wrong with it (server: pkg/event/inbound.go, event.go `Validate`). */
function normalize(item: Json | undefined, id: string, now: number): EventPayload | string {
  if (!isObject(item)) return "Request body must contain an event object or an array of event objects";
  const size = Buffer.byteLength(JSON.stringify(item));
  if (size > MAX_SIZE) return `Event is over the max size: Max ${MAX_SIZE} bytes / Size ${size} bytes`;
  const { name, ts, v } = item;
  if (typeof name !== "string" || name === "") return "event name is empty";
  if (Buffer.byteLength(name) > MAX_NAME) return `event name is longer than ${MAX_NAME} bytes`;
  if (name.toLowerCase().startsWith("inngest/")) return `event name is reserved for internal use: ${name}`;
  if (ts !== undefined && ts !== null && typeof ts !== "number") return "timestamp is not a number";
  if (ts && ts < EARLIEST) return "timestamp is before Jan 1, 1980";
  if (ts && ts > LATEST) return "timestamp is after Jan 1, 2100";
  const data: JsonObject = isObject(item.data) ? { ...item.data } : {};
  delete data._inngest;
  return {
    id: typeof item.id === "string" && item.id !== "" ? item.id : id,
    name,
    data,
    ts: ts || now,
    user: isObject(item.user) ? item.user : {},
    ...(typeof v === "string" && v !== "" ? { v } : {}),
  };
}
