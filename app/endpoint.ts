import { z } from "zod";
import type { ApiKey } from "@/lib/auth/api-keys";
import type { Viewer } from "@/lib/auth/viewer";
import { CHALLENGE_HEADER } from "@/lib/challenge";
import { AppError, invalid } from "@/lib/errors";
import { idempotencyKeySchema } from "@/lib/idempotency";
import type { Role } from "@/prisma/generated/enums";
import { type Access, authorize } from "./caller";
import { preflightHeaders } from "./cors";
import { jsonText, type Params, parse, problemResponse, readJson, route } from "./http";
import { checkSameSite } from "./same-site";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type Responses = Record<
  number,
  {
    /** The endpoint's summary, when missing. */
    description?: string;
    /** The JSON body. Without a schema, the handler returns a `Response`. */
    schema?: z.ZodType;
    /** The media type of a body that is not JSON. */
    mediaType?: string;
  }
>;

/** The parts of an endpoint's definition that the OpenAPI document shows. */
export interface Operation<R = Responses, L = Role | undefined, P = Shape, Q = Shape, H = Shape, B = Schema> {
  summary: string;
  /** The lowest role that may call the endpoint. Without a role, no sign-in is needed. */
  role?: L;
  /** The scope of an API key that may call the endpoint, also as a tool of `/api/mcp`. Without one, it is closed to keys. */
  scope?: Access["scope"];
  /** Whether a call cannot be undone. A tool then asks for a confirmation. */
  destructive?: boolean;
  params?: P;
  query?: Q;
  headers?: H;
  /** The JSON body. */
  body?: B;
  /** The parts that the handler reads itself: a signed body, a form, an upload, an order's token. Only the document uses them. */
  unparsed?: { query?: Shape; headers?: Shape; body?: Schema; form?: Schema; upload?: Schema };
  responses: R;
  /** The statuses of problems that the handler adds to those that the other parts imply (see document.ts). */
  problems?: number[];
}

type Shape = z.ZodObject | undefined;
type Schema = z.ZodType | undefined;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A value that JSON.stringify turns into a `T`. It may have a `Date` in place of a string. */
type Serializable<T> = T extends string
  ? T | (string extends T ? Date : never)
  : T extends object
    ? { [K in keyof T]: Serializable<T[K]> }
    : T;

type BodyOf<S> = S extends { schema: infer Z extends z.ZodType }
  ? Serializable<z.output<Z>> | (S extends { mediaType: string } ? Response : never)
  : Response;

interface Reply<S = number, B = unknown> {
  status: S;
  body: B;
}

type IsUnion<T, Each = T> = Each extends unknown ? ([T] extends [Each] ? false : true) : never;

/** The body if one response is declared, else a status and its body. */
type Result<R> =
  IsUnion<keyof R> extends true ? { [S in keyof R]: Reply<S, BodyOf<R[S]>> }[keyof R] : BodyOf<R[keyof R]>;

interface Definition<R = Responses, L = unknown, P = unknown, Q = unknown, H = unknown, B = unknown, Out = unknown>
  extends Operation<R, L, P, Q, H, B> {
  /** Makes the response to an error; a problem by default. */
  onError?: (error: unknown, request: Request) => Response;
  handler(context: {
    request: Request;
    /** The signed-in user or the owner of the API key, if the endpoint has a role. */
    user: L extends Role ? Viewer : undefined;
    /** The API key with which a program calls. The user is then the owner of the key. */
    apiKey: ApiKey | undefined;
    params: Parsed<P>;
    query: Parsed<Q>;
    headers: Parsed<H>;
    body: Parsed<B>;
  }): Out | Promise<Out>;
}

export interface Endpoint<R extends Responses = Responses> {
  (request: Request, context: { params: Promise<Params> }): Promise<Response>;
  operation: Operation<R>;
}

/**
 * Returns the handler of one method of a route. The definition states who may call it, how the request is parsed and
 * which responses it has. The OpenAPI document is made from the same definition.
 *
 * @example
 * export const POST = endpoint({
 *   summary: "Ships a parcel of a confirmed order",
 *   role: "manager",
 *   scope: "orders:write",
 *   params: idParams,
 *   headers: idempotencyHeaders,
 *   body: shipSchema,
 *   responses: { 201: { description: "Shipped", schema: shipped }, 200: { description: "As before", schema: shipped } },
 *   problems: [409],
 *   handler: async ({ user, params, headers, body }) => {
 *     const { answer, replayed } = await shipOrder(params.id, body, { by: user.id, key: headers["Idempotency-Key"] });
 *     return { status: replayed ? 200 : 201, body: answer };
 *   },
 * });
 * export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
 *
 * If one response is declared, the handler returns its body, else `{ status, body }`. The compiler compares both with the
 * declaration. Outside production, a body that does not match its schema is an internal error: tests of a route also test
 * the document. A response without a schema, such as a page or a stream, is a `Response`.
 *
 * Every error is answered with a problem. The checks run in this order: 404 for a parameter that no row can have, 403 and 415
 * for a page of another site (see same-site.ts), 401 without a session or with a wrong API key, 403 for a lower role or a
 * missing scope, 429 above the limit of the key, 422 for the headers, 422 for the query, and for the body 415, 413 (more than
 * 1 MB), 400 and 422. An `AppError` of the handler is answered as it is; every other error is logged and answered with 500.
 */
export function endpoint<
  R extends Responses,
  L extends Role | undefined = undefined,
  P extends Shape = undefined,
  Q extends Shape = undefined,
  H extends Shape = undefined,
  B extends Schema = undefined,
  const Out extends Result<R> = Result<R>,
>(definition: Definition<R, L, P, Q, H, B, Out>): Endpoint<R>;
export function endpoint(definition: Operation & Pick<Definition, "onError"> & { handler(context: object): unknown }) {
  const { role, scope, params, query, headers, body, unparsed, responses, handler, onError } = definition;
  const operation: Endpoint = Object.assign(
    route<Params>(async (request, pathParams) => {
      checkSameSite(request, { form: (unparsed?.form ?? unparsed?.upload) !== undefined });
      // The order matters: a caller without the role learns nothing about the errors in the request.
      const { user, apiKey } = await authorize(request, { role, scope });
      const result = await handler({
        ...{ request, user, apiKey },
        params: params && parse(params, pathParams),
        headers: headers && parse(headers, pickHeaders(request, headers)),
        query: query && parse(query, queryOf(request)),
        body: body && (await readJson(request, body)),
      });
      return result instanceof Response ? result : jsonResponse(result, responses);
    }, onError),
    { operation: definition },
  );
  return operation;
}

/** @throws AppError `validation_failed` (422) that names a parameter which occurs twice */
function queryOf(request: Request): Record<string, string> {
  const parameters = [...new URL(request.url).searchParams];
  const names = parameters.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw invalid("The request is not valid.", [{ path: repeated, message: "occurs more than once" }]);
  return Object.fromEntries(parameters);
}

/** Returns the headers that the schema names; a missing one is `undefined`. */
const pickHeaders = ({ headers }: Request, { shape }: z.ZodObject) =>
  Object.fromEntries(Object.keys(shape).map((name) => [name, headers.get(name) ?? undefined]));

function jsonResponse(result: unknown, responses: Responses): Response {
  const statuses = Object.keys(responses).map(Number);
  const { status, body } = isReply(result, statuses) ? result : { status: statuses[0] ?? 200, body: result };
  if (body instanceof Response) return body;
  const text = JSON.stringify(body);
  if (process.env.NODE_ENV !== "production") responses[status]?.schema?.parse(JSON.parse(text));
  return jsonText(text, status);
}

const isReply = (_result: unknown, statuses: number[]): _result is Reply => statuses.length > 1;

/** Returns the handlers for the methods that a route does not have: 405 with `Allow`, where Next.js sends an empty body. */
export function methodNotAllowed(endpoints: Partial<Record<Method, unknown>>) {
  const methods = Object.keys(endpoints);
  const allow = [...(methods.includes("GET") ? ["HEAD"] : []), ...methods, "OPTIONS"].join(", ");
  const message = `This address takes ${methods.join(" and ")} only.`;
  const refuse = () => problemResponse(new AppError("method_not_allowed", 405, message), { allow });
  const options = (request: Request) =>
    new Response(null, { status: 204, headers: { allow, ...preflightHeaders(request, allow) } });
  return { GET: refuse, POST: refuse, PUT: refuse, PATCH: refuse, DELETE: refuse, OPTIONS: options };
}

export const idParams = z.object({ id: z.string() });
export const deliveryParams = z.object({ id: z.string(), deliveryId: z.string() });
/** An endpoint that pays can ask for a solved challenge. */
export const challengeHeaders = z.object({
  [CHALLENGE_HEADER]: z.string().max(4_096).optional().describe("After `challenge_required`: the token of the widget."),
});
export const idempotencyHeaders = z.object({
  "Idempotency-Key": idempotencyKeySchema
    .optional()
    .describe("A text of your choice. A repeated request with the same key and body gets the first answer."),
});

/** 201 for the first request; 200 with the same body for a repeated one. `repliedOnce` chooses between them. */
export const createdOnce = <S extends z.ZodType>(description: string, schema: S) => ({
  201: { description, schema },
  200: { description: "A replay of the response to an earlier request with the same key", schema },
});
export const repliedOnce = <T>({ answer, replayed }: { answer: T; replayed: boolean }) =>
  ({ status: replayed ? 200 : 201, body: answer }) as const;
