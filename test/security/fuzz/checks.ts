import { problemSchema } from "@/app/http";
import type { FuzzRequest } from "./requests";
import type { Answer } from "./send";

/** What only a stack trace, PostgreSQL, its driver or Prisma says. No request contains any of it. */
const LEAKS =
  /node_modules|\bat async |\bat \S+ \(|\.[cm]?[jt]sx?:\d+:\d+|PrismaClient|Invalid `|P\d{4}\b.*prisma|syntax error at or near|invalid (?:byte sequence|input syntax)|violates (?:unique|foreign|check|not-null)|relation "|duplicate key value|postgres(?:ql)?:\/\/|"stack":|webpack-internal|turbopack:/;

/** Above this an answer is only searched at its beginning: an export or a script. */
const SEARCHED = 300_000;

/** Paths whose answers are in the words of another protocol, or written by others. */
const isFile = ({ target }: FuzzRequest) => target.startsWith("/api/docs/");
const isJsonRpc = ({ target }: FuzzRequest) => target.startsWith("/api/mcp");

/** Returns what is wrong with an answer, or undefined. */
export function faultOf(request: FuzzRequest, answer: Answer, secrets: string[]): string | undefined {
  const { status, text } = answer;
  if (status >= 500 && !(status === 503 && request.operation.statuses.includes("503")))
    return `${status}: a failure of ours`;
  if (status < 200) return `no answer: ${text}`;
  const searched = text.slice(0, SEARCHED);
  if (secrets.some((secret) => searched.includes(secret))) return "the answer contains a secret";
  const leak = isFile(request) ? undefined : LEAKS.exec(searched)?.[0];
  if (leak) return `the answer contains internal text: ${leak}`;
  return status >= 400 && request.method !== "HEAD" ? problemFault(request, answer) : undefined;
}

/** The HTTP server itself answers what exceeds its limit of headers (Node's `--max-http-header-size`). */
const HEADERS_TOO_LARGE = 431;

function problemFault(request: FuzzRequest, { status, headers, text }: Answer): string | undefined {
  const type = headers["content-type"] ?? "";
  if (status === HEADERS_TOO_LARGE) return undefined;
  const wantsPage = request.headers.some(([name, value]) => name === "accept" && value.includes("text/html"));
  if (isJsonRpc(request) && type.startsWith("application/json")) return undefined;
  if (wantsPage && type.startsWith("text/html")) return undefined;
  if (type !== "application/problem+json") return `${status} is not a problem document but ${type || "empty"}`;
  try {
    const problem = problemSchema.parse(JSON.parse(text));
    return problem.status === status ? undefined : `the problem says ${problem.status} instead of ${status}`;
  } catch (error) {
    return `the problem document is malformed: ${error}`;
  }
}
