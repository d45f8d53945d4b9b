import { z } from "zod";
import { AppError, invalid, messageOf, notFound } from "@/lib/errors";
import { inWords } from "@/lib/in-words";
import { log } from "@/lib/log";
import { isPlainText } from "@/lib/text";
import { openOrderSchema, quoteSchema } from "@/lib/view-schemas";
import { corsHeaders } from "./cors";
import { fieldErrors, plainWords } from "./field-errors";
import { mediaType } from "./same-site";

export type Params = Record<string, string | string[]>;

/** Returns a Next.js route handler that never throws: `onError` makes a response from an error, by default a problem. */
export function route<P extends Params = Record<string, never>>(
  handler: (request: Request, params: P) => Promise<Response>,
  onError: (error: unknown, request: Request) => Response = (error) => problemResponse(error),
) {
  const answer = async (request: Request, context: { params: Promise<P> }): Promise<Response> => {
    try {
      // Next.js passes no `params` to a route without parameters.
      const params = await context.params;
      // PostgreSQL cannot store such a text, so no row has this id.
      const texts = Object.values(params ?? {}).flat();
      if (!texts.every(isPlainText)) throw notFound("page");
      return await handler(request, params);
    } catch (error) {
      return onError(error, request);
    }
  };
  return async (request: Request, context: { params: Promise<P> }): Promise<Response> => {
    const response = await answer(request, context);
    const cors = Object.entries(corsHeaders(request));
    if (cors.length === 0) return response;
    // The headers of a redirect cannot be changed.
    const headers = new Headers(response.headers);
    for (const [name, value] of cors) headers.append(name, value);
    return new Response(response.body, { status: response.status, headers });
  };
}

/** RFC 9457, with a stable `code` and the wrong fields. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe("Stable, for programs."),
  errors: z
    .array(z.strictObject({ path: z.string(), message: z.string() }))
    .optional()
    .describe("The wrong fields, such as items.0.quantity."),
  // Further members of single problems.
  ...quoteSchema.partial().shape,
  order: openOrderSchema.optional(),
});

/** Returns the response to a failed request: a problem (RFC 9457, `application/problem+json`). */
export function problemResponse(error: unknown, headers: Record<string, string> = {}): Response {
  const { status, code, message, errors, details, retry } = error instanceof AppError ? error : internalError(error);
  const body = {
    ...details,
    ...{ type: `urn:steadfast:problem:${code}`, title: inWords(code), status, detail: message, code },
    ...(errors.length > 0 && { errors }),
  };
  const retryAfterSeconds = typeof retry === "number" ? Math.max(1, Math.ceil(retry / 1_000)) : 1;
  return jsonText(JSON.stringify(body), status, {
    ...headers,
    "content-type": "application/problem+json",
    ...(retry !== false && { "retry-after": String(retryAfterSeconds) }),
  });
}

function internalError(error: unknown): AppError {
  log.error({ error }, "request failed with an unexpected error");
  return new AppError("internal_error", 500, "Something went wrong on our side.", { cause: messageOf(error) });
}

/** `no-transform` prevents Next.js from compressing a short body: that costs more than the rest of the response. */
export function jsonText(
  text: string,
  status: number,
  headers: Record<string, string> = { "content-type": "application/json" },
): Response {
  const cacheControl = text.length < 1_024 ? "no-store, no-transform" : "no-store";
  return new Response(text, { status, headers: { ...headers, "cache-control": cacheControl } });
}

const MAX_BODY_BYTES = 1_000_000;

/**
 * Returns the JSON body of a request, parsed with `schema`.
 * @throws AppError 415 for another content type, 413 above 1 MB, 400 for malformed JSON, 422 naming each wrong field.
 */
export async function readJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  if (mediaType(request.headers.get("content-type") ?? "") !== "application/json")
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

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Returns the raw body as text. It reads no more than the limit.
 * @throws AppError `payload_too_large` (413); `not_utf8` (400).
 */
export async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request, MAX_BODY_BYTES);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new AppError("not_utf8", 400, "The body is not UTF-8.", { cause });
  }
}

/** Returns the body of a request. It reads no more than `maxBytes`. @throws AppError `payload_too_large` (413) */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const length = request.headers.get("content-length");
  const tooLarge = () => new AppError("payload_too_large", 413, `A body may have at most ${maxBytes} bytes.`);
  if (Number(length ?? 0) > maxBytes) throw tooLarge();
  // A server passes on no more bytes than the header states, and a stream of one short body costs half a millisecond.
  if (length !== null) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Bytes of an upload beside its file: the other fields and the boundaries between them. */
const MAX_UPLOAD_OVERHEAD_BYTES = 100_000;

/** A form's options, which stand before its file, are in its first bytes. */
const MAX_OPTIONS_BYTES = 4_096;
const optionsOf = new WeakMap<Request, Record<string, string>>();

/** Returns the short text fields that stand before the file of an upload that `readUpload` has refused, as they were sent. */
export const uploadOptions = (request: Request): Record<string, string> => optionsOf.get(request) ?? {};

/** Each part has only its name in its head: a file has more (RFC 7578, section 4.2). */
const readOptions = (head: Buffer): Record<string, string> =>
  Object.fromEntries(
    [...head.toString("latin1", 0, MAX_OPTIONS_BYTES).matchAll(/form-data; name="(\w+)"\r\n\r\n(\w*)\r\n/g)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );

/**
 * Returns the fields of a `multipart/form-data` body, parsed with `schema`. An empty field counts as missing. It holds no more than
 * the limit in memory.
 * @throws AppError 415 for another content type, `tooLarge()` above the limit, `malformed_form` (400), 422 naming each wrong field
 */
export async function readUpload<S extends z.ZodType>(
  request: Request,
  { schema, maxBytes, tooLarge }: { schema: S; maxBytes: number; tooLarge: () => AppError },
): Promise<z.output<S>> {
  const type = request.headers.get("content-type") ?? "";
  if (mediaType(type) !== "multipart/form-data")
    throw new AppError("unsupported_media_type", 415, "The body must be multipart/form-data.");
  const limit = maxBytes + MAX_UPLOAD_OVERHEAD_BYTES;
  // A browser shows the response only after it has sent the file. So a file above the limit is read and dropped, within reason.
  const mostRead = 5 * limit;
  if (Number(request.headers.get("content-length") ?? 0) > mostRead) throw tooLarge();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    if (bytes < MAX_OPTIONS_BYTES) optionsOf.set(request, readOptions(Buffer.concat([...chunks, chunk])));
    bytes += chunk.byteLength;
    if (bytes > mostRead) throw tooLarge();
    if (bytes > limit) chunks.length = 0;
    else chunks.push(chunk);
  }
  if (bytes > limit) throw tooLarge();
  return parse(schema, Object.fromEntries(await uploadedFields(new Blob(chunks), type)));
}

/** A browser sends a file without a name and without content for a field that is left empty. */
async function uploadedFields(body: Blob, type: string) {
  try {
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    return [...form].filter(([, value]) =>
      typeof value === "string" ? value !== "" : value.name !== "" || value.size > 0,
    );
  } catch (cause) {
    throw new AppError("malformed_form", 400, `The form cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Returns a CSV file to download. Lines are sent as a stream, which the client pulls: a slow client does not fill our memory. */
export function csvResponse(content: string | AsyncGenerator<string>, fileName: string): Response {
  return new Response(typeof content === "string" ? content : streamOf(content), {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "no-store",
    },
  });
}

function streamOf(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    // The work stops when the client disconnects.
    cancel: () => lines.return(undefined).then(() => {}),
  });
}

/**
 * Returns the text fields of a form, in one of the two encodings of a one-click request (RFC 8058, section 3.2). Returns an
 * empty object for another content type.
 * @throws AppError `malformed_form` (400), 413 above 1 MB
 */
export async function readForm(request: Request): Promise<Record<string, string>> {
  const text = await readText(request);
  const type = request.headers.get("content-type") ?? "";
  if (text === "" || !/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return {};
  try {
    const form = await new Response(text, { headers: { "content-type": type } }).formData();
    const fields: Record<string, string> = {};
    for (const [name, value] of form) if (typeof value === "string") fields[name] = value;
    return fields;
  } catch (cause) {
    throw new AppError("malformed_form", 400, `The form cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Returns the value, parsed with `schema`.
 * @throws AppError `validation_failed` (422) that names each wrong field.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value, { error: plainWords });
  if (result.success) return result.data;
  throw invalid("The request is not valid.", fieldErrors(result.error));
}
