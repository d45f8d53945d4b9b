import type { z } from "zod";
import { AppError, invalid, messageOf, notFound } from "@/lib/errors";
import { log } from "@/lib/log";
import { isPlainText } from "@/lib/text";
import { fieldErrors } from "./field-errors";

type Handler<P> = (request: Request, params: P) => Promise<Response>;

/** Wraps a route: the one place where a failure becomes an answer (RFC 9457, `application/problem+json`). */
export function route<P extends Record<string, string | string[]> = Record<string, never>>(handler: Handler<P>) {
  return async (request: Request, context: { params: Promise<P> }): Promise<Response> => {
    try {
      const params = await context.params;
      // An id that no row can have: PostgreSQL would refuse to look for it. (A route without parameters gets undefined.)
      if (
        !Object.values(params ?? {})
          .flat()
          .every(isPlainText)
      )
        throw notFound("page");
      return await handler(request, params);
    } catch (error) {
      return problem(error);
    }
  };
}

/** What a route answers to the methods that it does not take, where Next.js would send 405 and not a word. */
export function allowOnly(...taken: ("GET" | "POST" | "PUT" | "PATCH" | "DELETE")[]) {
  const allow = [...(taken.includes("GET") ? ["HEAD"] : []), ...taken, "OPTIONS"].join(", ");
  const refuse = () =>
    problem(new AppError("method_not_allowed", 405, `This address takes ${taken.join(" and ")} only.`), { allow });
  const tell = () => new Response(null, { status: 204, headers: { allow } });
  return { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse, OPTIONS: tell };
}

function problem(error: unknown, headers: Record<string, string> = {}): Response {
  const known = error instanceof AppError ? error : unforeseen(error);
  const { status, code, message, errors, retry } = known;
  const body = {
    type: `urn:steadfast:problem:${code}`,
    title: title(code),
    status,
    detail: message,
    code,
    ...(errors.length > 0 && { errors }),
  };
  const wait = typeof retry === "number" ? Math.max(1, Math.ceil(retry / 1_000)) : 1;
  return written(body, status, {
    ...headers,
    "content-type": "application/problem+json",
    ...(retry !== false && { "retry-after": String(wait) }),
  });
}

function unforeseen(error: unknown): AppError {
  log.error({ error }, "a request failed unforeseen");
  return new AppError("internal_error", 500, "Something went wrong on our side.", { cause: messageOf(error) });
}

const title = (code: string) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");

export const json = (body: unknown, status = 200): Response =>
  written(body, status, { "content-type": "application/json" });

/** `no-transform` keeps Next.js from compressing what is too short for it, which costs more than the rest of the answer. */
function written(body: unknown, status: number, headers: Record<string, string>): Response {
  const text = JSON.stringify(body);
  const kept = text.length < 1_024 ? "no-store, no-transform" : "no-store";
  return new Response(text, { status, headers: { ...headers, "cache-control": kept } });
}

const MAX_BODY = 1_000_000;

/**
 * The body of a request, as `schema` has it.
 * @throws AppError 415 for another content type, 413 above 1 MB, 400 for malformed JSON, 422 naming each wrong field.
 */
export async function readJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new AppError("unsupported_media_type", 415, "The body must be application/json.");
  const text = await readText(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed_json", 400, `The body is not JSON: ${messageOf(cause)}`, { cause });
  }
  return parse(schema, body);
}

/** The raw body. @throws AppError `payload_too_large` (413), having read no more than the limit; `not_utf8` (400). */
export async function readText(request: Request): Promise<string> {
  const tooLarge = () => new AppError("payload_too_large", 413, `A body may have at most ${MAX_BODY} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY) throw tooLarge();
  if (!request.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new AppError("not_utf8", 400, "The body is not UTF-8.", { cause });
    }
  };
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY) throw tooLarge();
    text += decode(chunk);
  }
  return text + decode();
}

/** The query of a request's address, as `schema` has it. */
export function readQuery<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  return parse(schema, Object.fromEntries(new URL(request.url).searchParams));
}

/** @throws AppError `validation_failed` (422) that names each wrong field. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, root = ""): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid("The request is not valid.", fieldErrors(result.error, root));
}
