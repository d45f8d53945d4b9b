import { type Handler, header, json, type Reply, type Request, router, type Upgrade } from "../shared/http";
import type { Core } from "./core";
import { isUlid } from "./ids";
import { parseJson } from "./json";
import type { RealtimeMessage } from "./realtime";
import { ENV_ID, newJwt, topicsIn } from "./realtime-token";
import { publicError } from "./routes-sdk";
import { requireKey } from "./sign";

/** server: consts.MaxStreamingMessageSizeBytes, StreamingChunkSize, MaxStreamingChunks. */
const MAX_MESSAGE_BYTES = 512 * 1024;
const CHUNK_BYTES = 1024;
const MAX_CHUNKS = 1000;
export const STREAM_TYPE = "text/stream";

const unauthorized = publicError(401, "Not authenticated");

/** Realtime: tokens and messages (server: pkg/execution/realtime/api.go). The socket is `realtimeSocket`. */
export function realtimeRoutes(core: Core): Handler {
  const withKey = requireKey(core, unauthorized, {
    "POST /v1/realtime/token": (request) => token(core, request),
    "POST /v1/realtime/publish": (request) => publish(core, request),
  });
  const handle = router(withKey);
  return (request) => {
    // A subscription token is no key: it neither publishes nor makes other tokens.
    const bearer = header(request, "authorization")?.slice("Bearer ".length) ?? "";
    if (request.path === "/v1/realtime/publish" && core.realtime.claims(bearer)?.publish === false)
      return publicError(401, "Not authenticated for publishing");
    return handle(request);
  };
}

/** `GET /v1/realtime/connect?token=`: the socket of a subscription. The token alone gives access, from any origin. */
export const realtimeSocket =
  (core: Core): Upgrade =>
  (incoming, socket, head) => {
    const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://localhost");
    if (pathname !== "/v1/realtime/connect") return publicError(404, "not found");
    const bearer = incoming.headers.authorization?.slice("Bearer ".length);
    const claims = core.realtime.claims(bearer || (searchParams.get("token") ?? ""));
    if (!claims) return unauthorized;
    core.realtime.accept(incoming, socket, head, claims.topics);
    return undefined;
  };

function token(core: Core, request: Request): Reply {
  const topics = topicsIn(parseJson(request.body));
  if (!topics) return publicError(400, "Invalid request: must provide a list of topics");
  return json(201, { jwt: newJwt(core.realtimeSecret, core.newId(), topics, core.clock.now()) });
}

/** Sends the body to the subscribers: JSON as it is, other text as a string, and a stream in chunks as they arrive. */
async function publish(core: Core, request: Request): Promise<Reply> {
  const { query, body } = request;
  const [channel, name, runId, metadata] = ["channel", "topic", "run_id", "metadata"].map(
    (key) => query.get(key) ?? "",
  );
  const topic = { channel: channel ?? "", name: name ?? "" };
  const known = metadata ? parseJson(metadata) : undefined;
  const message = (kind: RealtimeMessage["kind"], data: RealtimeMessage["data"]): RealtimeMessage => ({
    kind,
    data,
    ...(known === undefined ? {} : { metadata: known }),
    created_at: new Date(core.clock.now()).toISOString(),
    ...(channel ? { channel } : {}),
    env_id: ENV_ID,
    topic: topic.name,
    ...(runId && isUlid(runId) ? { run_id: runId.toUpperCase() } : {}),
  });
  if (header(request, "content-type") !== STREAM_TYPE) {
    const bytes = Buffer.from(body);
    // The server reads no more than this. What is cut is no JSON any more, and arrives as text.
    const text = bytes.length > MAX_MESSAGE_BYTES ? bytes.subarray(0, MAX_MESSAGE_BYTES).toString() : body;
    core.realtime.publish(topic, message("data", parseJson(text) ?? text));
    return { status: 200, body: "" };
  }
  const id = core.newId();
  core.realtime.publish(topic, message("datastream-start", id));
  try {
    let left = MAX_CHUNKS;
    for await (const bytes of request.stream) {
      for (let at = 0; at < bytes.length && left > 0; at += CHUNK_BYTES, left -= 1) {
        const data = bytes.subarray(at, at + CHUNK_BYTES).toString();
        core.realtime.publish(topic, { kind: "chunk", stream_id: id, data });
      }
    }
  } catch {
    // The client has broken the connection. The stream ends with what has arrived.
  }
  core.realtime.publish(topic, message("datastream-end", id));
  return { status: 200, body: "" };
}
