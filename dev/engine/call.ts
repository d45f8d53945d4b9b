import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Clock } from "../shared/clock";
import { isObject, parseJson } from "./json";

/** The answer of an app. */
export interface Response {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** An app's answer, or why there is none. `refused`: nothing listens there. */
export type Answer = Response | { refused: boolean; message: string };

/** The longest call (server: consts.MaxFunctionTimeout). */
const CALL_TIMEOUT_MS = 2 * 3_600_000;
/** The largest answer (server: consts.MaxSDKResponseBodySize). */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Connections to one app. A listener's backlog is 511; beyond that, connecting takes seconds. */
const MAX_SOCKETS = 256;

const UNREACHABLE_CODES = ["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "EAI_AGAIN"];

/** Calls apps over connections that stay open. */
export class Caller {
  readonly #clock: Clock;
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends `body` and reads the whole answer. Never rejects. */
  send(method: string, url: string, headers: Record<string, string>, body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const secure = url.startsWith("https:");
      const options = { method, agent: secure ? this.#https : this.#http };
      const outgoing = secure ? httpsRequest(url, options) : httpRequest(url, options);
      const stop = this.#clock.schedule(this.#clock.now() + CALL_TIMEOUT_MS, () =>
        outgoing.destroy(new Error("timed out")),
      );
      const fail = (error: NodeJS.ErrnoException) => {
        stop();
        resolve({ refused: UNREACHABLE_CODES.includes(error.code ?? ""), message: error.message });
      };
      outgoing.on("error", fail);
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_ANSWER_BYTES) outgoing.destroy(new Error("the response is above 8 MiB"));
          chunks.push(chunk);
        });
        incoming.on("error", fail);
        incoming.on("end", () => {
          stop();
          const text = Buffer.concat(chunks).toString();
          resolve(unwrap({ status: incoming.statusCode ?? 0, headers: flat(incoming.headers), body: text }));
        });
      });
      for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Unpacks the answer of an SDK with `streaming: true`: it answers 201 at once and writes the real answer into the body. */
function unwrap(answer: Response): Response {
  if (answer.status !== 201) return answer;
  const inner = parseJson(answer.body.trim());
  if (!isObject(inner) || typeof inner.status !== "number" || typeof inner.body !== "string") return answer;
  const headers = isObject(inner.headers) ? inner.headers : {};
  const merged = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { status: inner.status, headers: { ...answer.headers, ...Object.fromEntries(merged) }, body: inner.body };
}
