import { request as http } from "node:http";
import { request as https } from "node:https";
import { checkTarget, guardedLookup } from "./private-network-guard";

export interface OutgoingRequest {
  url: string;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** The limit for the whole request in ms, from the DNS lookup to the last byte. */
  timeoutMs: number;
}

export interface OutgoingResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The first 4 KB of the body. */
  body: string;
}

/** The bytes that are read of a response. They are enough for an error message. */
const MAX_RESPONSE_BYTES = 4_096;

/**
 * Makes one POST request to a URL that a user has entered. Redirects are returned, not followed. The timeout and the limit in bytes
 * bound the cost of a slow or endless response.
 * @throws AppError as `checkTarget` does; an `Error` of the network or of the timeout
 */
export async function sendOutgoingRequest(request: OutgoingRequest): Promise<OutgoingResponse> {
  const { headers, body, timeoutMs } = request;
  const target = new URL(request.url);
  checkTarget(target);
  return new Promise((resolve, reject) => {
    const send = target.protocol === "http:" ? http : https;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const options = {
      method: "POST",
      headers: { ...headers, ...length },
      lookup: guardedLookup,
      agent: false,
    } as const;
    const outgoing = send(target, options, (response) => {
      outgoing.off("close", failUnanswered);
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        outgoing.destroy();
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= MAX_RESPONSE_BYTES) done();
      });
      response.on("end", done);
      response.on("error", fail);
    });
    const timer = setTimeout(() => outgoing.destroy(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    // After an answer 101, Node.js closes the connection without a response or an error.
    const failUnanswered = () => fail(new Error("The connection ended without an answer."));
    outgoing.on("close", failUnanswered);
    outgoing.on("error", fail);
    outgoing.end(body);
  });
}
