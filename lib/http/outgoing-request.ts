import { request as http } from "node:http";
import { request as https } from "node:https";
import { checkTarget, guardedLookup } from "./private-network-guard";

export interface OutboundRequest {
  url: string;
  method: "POST" | "GET";
  headers: Record<string, string>;
  body?: string | Buffer;
  /** For all of it, from the look-up of the name to the last byte, in ms. */
  timeout: number;
}

export interface OutboundAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The first kilobytes of the body. */
  body: string;
}

/** What is kept of an answer; nobody needs more than the reason for a refusal. */
const MAX_ANSWER = 4_096;

/**
 * One request to an address that somebody else chose. Redirects are answers, not followed. Whoever is slow, talks without
 * end or resolves to an inner address costs no more than the timeout.
 *
 * @throws AppError as `checkTarget` does; an `Error` of the network, or one that says that time was up.
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
        const text = Buffer.concat(chunks).subarray(0, MAX_ANSWER).toString();
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text });
        outgoing.destroy();
      };
      reply.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= MAX_ANSWER) done();
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
