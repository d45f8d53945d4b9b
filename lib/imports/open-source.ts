import { request as http, type IncomingMessage } from "node:http";
import { request as https } from "node:https";
import { Readable } from "node:stream";
import { importEnv } from "../env";
import { AppError, parseRetryAfter } from "../errors";
import { checkTarget, guardedLookup } from "../http/private-network-guard";
import { broken, unavailable } from "./import-error";

/** The validators that show whether a file is the same as before (RFC 9110, 8.8). */
export interface Validators {
  etag: string | null;
  lastModified: string | null;
}

export interface Source extends Validators {
  body: Readable;
  /** The offset at which the body begins: the requested one, or 0 if the server does not support ranges. */
  at: number;
  /** Bytes of the whole file, if the server sends them. */
  length: number | null;
  close(): void;
}

/** More hops than a file's legitimate move takes. */
const MAX_REDIRECTS = 5;

/**
 * Opens a file at a user's URL, from `offset` on if the server supports ranges. Every address, also after a redirect, must be
 * public (`lib/http/private-network-guard.ts`).
 *
 * @throws ImportError when the server refuses the file; AppError `source_unavailable`, with `retry`, when it is unavailable.
 */
export async function openSource(url: string, offset: number, known: Validators): Promise<Source> {
  let target = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const answer = await get(target, rangeHeaders(offset, known));
    const status = answer.statusCode ?? 0;
    const location = answer.headers.location;
    if (status >= 300 && status < 400 && location) {
      answer.destroy();
      if (!URL.canParse(location, target)) throw broken("source_refused", "The server redirects to an invalid URL.");
      target = new URL(location, target);
      continue;
    }
    return accept(answer, status, offset);
  }
  throw broken("source_refused", `The server redirects more than ${MAX_REDIRECTS} times.`);
}

/** Returns the headers of a range request if the file has a strong validator, which `If-Range` needs (RFC 9110, 13.1.5). */
function rangeHeaders(offset: number, { etag, lastModified }: Validators): Record<string, string> {
  const validator = etag && !etag.startsWith("W/") ? etag : lastModified;
  return offset > 0 && validator ? { range: `bytes=${offset}-`, "if-range": validator } : {};
}

function get(target: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    try {
      checkTarget(target, ["http:", "https:"]);
    } catch (error) {
      return reject(toImportError(error));
    }
    const send = target.protocol === "http:" ? http : https;
    const outgoing = send(
      target,
      {
        headers: {
          accept: "text/csv, */*",
          "accept-encoding": "identity",
          "user-agent": "Steadfast import",
          ...headers,
        },
        lookup: guardedLookup,
        agent: false,
        timeout: importEnv().IMPORT_SILENCE_MS,
      },
      resolve,
    );
    const abort = () => outgoing.destroy(new Error("the server does not answer"));
    outgoing.on("timeout", abort);
    // The socket's timeout does not end a name that does not resolve, or headers that come byte by byte.
    const deadline = setTimeout(abort, importEnv().IMPORT_SILENCE_MS);
    outgoing.on("response", () => clearTimeout(deadline));
    outgoing.on("error", (error) => reject(toImportError(error)));
    // After an answer 101, Node.js closes the connection without a response or an error.
    outgoing.on("close", () => {
      clearTimeout(deadline);
      reject(unavailable("The file cannot be fetched: the connection ended without an answer."));
    });
    outgoing.end();
  });
}

/** A private address is a permanent error. Other network errors are temporary. */
function toImportError(error: unknown): Error {
  if (error instanceof AppError && error.retry === false) return broken("address_not_public", error.message);
  return unavailable(`The file cannot be fetched: ${error instanceof Error ? error.message : error}`);
}

/** The source of a file of which every byte has been fetched. Its server answers 416 then (RFC 9110, 15.5.17). */
function endOfFile(length: number): Source {
  return { body: Readable.from([]), at: length, length, etag: null, lastModified: null, close: () => {} };
}

function accept(answer: IncomingMessage, status: number, offset: number): Source {
  const refuse = (error: Error): never => {
    answer.destroy();
    throw error;
  };
  const { headers } = answer;
  if (status === 408 || status === 429 || status >= 500)
    refuse(unavailable(`The file's server answers ${status}.`, parseRetryAfter(headers["retry-after"])));
  if (status === 416) {
    answer.destroy();
    if (headers["content-range"] === `bytes */${offset}`) return endOfFile(offset);
    throw broken("source_changed", "The file has become shorter while it was being fetched.");
  }
  if (status !== 200 && status !== 206) refuse(broken("source_refused", `The file's server answers ${status}.`));
  const encoding = headers["content-encoding"];
  if (encoding && encoding !== "identity")
    refuse(broken("compressed", `The file is compressed (${encoding}); it must be plain CSV.`));
  if (headers["content-type"]?.includes("html"))
    refuse(broken("html_page", "The address leads to a web page, not to a CSV file."));
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
  if (status === 206 && Number(range?.[1]) !== offset)
    refuse(unavailable("The file's server sent a different range than requested."));
  const length = status === 206 ? range?.[2] : headers["content-length"];
  return {
    body: answer,
    at: status === 206 ? offset : 0,
    length: length === undefined || length === "*" ? null : Number(length),
    etag: headers.etag ?? null,
    lastModified: headers["last-modified"] ?? null,
    close: () => answer.destroy(),
  };
}
