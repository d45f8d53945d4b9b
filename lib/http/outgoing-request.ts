import { request as http } from "node:http";
import { request as https } from "node:https";
import { checkTarget, guardedLookup } from "./private-network-guard";

export interface OutboundRequest {
  url: string;
  method: "POST" | "GET";
  headers: Record<string, string>;
  body?: string | Buffer;
  /** For the whole request, from the DNS lookup to the last byte, in ms. */
  timeout: number;
}

export interface OutboundAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The first 4 KB of the body. */
  body: string;
}

/** Bytes read of an answer; the reason for a refusal fits. */
const MAX_ANSWER_BYTES = 4_096;

/**
 * Makes one request to a URL that somebody else chose. Redirects are answers and not followed. A server that is slow, sends
 * without end or resolves to a private address costs no more than the timeout.
 *
 * @throws AppError as `checkTarget` does; an `Error` of the network or of the timeout
 */
export async function requestOutside({
  url,
  method,
  headers,
  body,
  timeout,
}: OutboundRequest): Promise<OutboundAnswer> {
  const target = new URL(url);
  checkTarget(target);
  return new Promise((resolve, reject) => {
    const send = target.protocol === "http:" ? http : https;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, lookup: guardedLookup, agent: false } as const;
    const outgoing = send(target, options, (reply) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text });
        outgoing.destroy();
      };
      reply.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= MAX_ANSWER_BYTES) done();
      });
      reply.on("end", done);
      reply.on("error", fail);
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`No answer within ${timeout} ms.`)), timeout);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
