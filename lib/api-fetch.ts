import { Agent as HttpAgent, request as http, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as https } from "node:https";

/** An idle connection ends after this time, before the server ends it (Node.js does so after five seconds). */
const IDLE_MS = 4_000;
/** The longest time without a byte of an answer. */
const SILENCE_MS = 60_000;

const agents = {
  http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
  https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
};

/**
 * A `fetch` for clients of JSON APIs. A call takes a third of the CPU of Node's own (docs/performance.md), because the body is a
 * text or bytes and the answer is read whole before it is returned. Redirects are returned, not followed. A request is sent once
 * more if the server had just closed the connection, so it must be safe to repeat, unless `repeats` is false.
 * @throws TypeError "fetch failed", with the error of the network as its cause; the reason of an aborted signal
 */
export async function apiFetch(
  input: string | URL | Request,
  { method = "GET", headers, body, signal }: RequestInit = {},
  { repeats = true }: { repeats?: boolean } = {},
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  if (body != null && typeof body !== "string" && !(body instanceof Uint8Array))
    throw new TypeError("The body must be a text or bytes.");
  signal?.throwIfAborted();
  const options: RequestOptions = {
    agent: url.protocol === "http:" ? agents.http : agents.https,
    method,
    headers: headers instanceof Headers || Array.isArray(headers) ? Object.fromEntries(headers) : headers,
    timeout: SILENCE_MS,
    ...(signal && { signal }),
  };
  try {
    return toResponse(await send(url, options, body, repeats));
  } catch (cause) {
    throw signal?.aborted ? signal.reason : new TypeError("fetch failed", { cause });
  }
}

interface Answer {
  message: IncomingMessage;
  body: Buffer<ArrayBuffer>;
}

function send(
  url: URL,
  options: RequestOptions,
  body: string | Uint8Array | null | undefined,
  repeats: boolean,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "http:" ? http : https)(url, options);
    let isAnswered = false;
    request.on("timeout", () => request.destroy(new Error(`No answer within ${SILENCE_MS} ms.`)));
    request.on("error", (error: NodeJS.ErrnoException) => {
      const wasIdle = request.reusedSocket && error.code === "ECONNRESET" && !isAnswered;
      if (wasIdle && repeats) resolve(send(url, { ...options, agent: false }, body, false));
      else reject(error);
    });
    request.on("response", (message) => {
      isAnswered = true;
      const chunks: Buffer[] = [];
      message.on("data", (chunk: Buffer) => chunks.push(chunk));
      message.on("error", reject);
      message.on("end", () => resolve({ message, body: Buffer.concat(chunks) }));
    });
    request.end(body);
  });
}

function toResponse({ message, body }: Answer): Response {
  const { statusCode: status = 0, statusMessage: statusText = "", rawHeaders } = message;
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.push([rawHeaders[i] ?? "", rawHeaders[i + 1] ?? ""]);
  // A `Response` of these has no body.
  const isEmpty = [204, 205, 304].includes(status);
  return new Response(isEmpty ? null : body, { status, statusText, headers });
}
