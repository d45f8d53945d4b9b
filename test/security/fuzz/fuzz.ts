import fc from "fast-check";
import { faultOf } from "./checks";
import { type Operation, readOperations } from "./document";
import { type Credentials, createFixtures, type Target } from "./fixtures";
import { type FuzzRequest, INTENTS, type Intent, requestsTo } from "./requests";
import { rowsOf } from "./rows";
import { type Answer, curlOf, Sender } from "./send";

export interface Failure {
  fault: string;
  /** A shell command that sends the request again. */
  curl: string;
  seed: number;
}

export interface Report {
  requests: number;
  failures: Failure[];
  /** How many answers had each status. */
  statuses: Record<string, number>;
  /** The requests that took longest, in ms. */
  slowest: { ms: number; operation: string }[];
  /** How many answers took longer than `SLOW_MS`. */
  slow: number;
  /** How often a round of refused requests was compared with the database. */
  compared: number;
  /** The operations that no request was accepted by. */
  neverAccepted: string[];
}

export interface Options {
  requests: number;
  seed: number;
  onProgress?: (done: number) => void;
  onFailure?: (failure: Failure) => void;
  /** The run ends after so many failures. */
  maxFailures?: number;
}

export const SLOW_MS = 2_000;
const REQUESTS_PER_ROUND = 100;
const CONCURRENCY = 12;

/** After this many accepted requests to an operation it gets no valid ones: each starts work in the background. */
const MOST_ACCEPTED: Record<string, number> = {
  "/api/admin/broadcasts": 20,
  "/api/admin/jobs": 20,
  "/api/admin/imports": 40,
};
const MOST_ACCEPTED_ELSEWHERE = 400;

/** Valid requests come to know what is behind the checks; the others are what the checks are for. */
const MIX: Intent[] = ["valid", "valid", "near", "near", "near", "hostile", "hostile"];

type Answered = [request: FuzzRequest, answer: Answer];

const isRefused = ({ status }: Answer) => status >= 400 || status === 0;
const isRead = ({ method }: FuzzRequest) => ["GET", "HEAD", "OPTIONS"].includes(method);
const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** Sends requests that follow from the seed, and checks every answer. The order in which the app works on them does not follow. */
export async function fuzz(target: Target, options: Options): Promise<Report> {
  const { requests: total, seed, onProgress = () => {}, onFailure = () => {}, maxFailures = 20 } = options;
  const operations = await readOperations(target.app);
  const { credentials, context } = await createFixtures(target);
  const arbitraries = new Map(operations.map((one) => [one, requestsTo(one, context)]));
  const accepted = new Map<Operation, number>();
  const report: Report = {
    requests: 0,
    failures: [],
    statuses: {},
    slowest: [],
    slow: 0,
    compared: 0,
    neverAccepted: [],
  };
  const sender = new Sender(target.app);

  const fail = (failure: Failure) => {
    report.failures.push(failure);
    onFailure(failure);
  };
  const send = async (request: FuzzRequest): Promise<Answered> => {
    const sent = { ...request, headers: [...credentialsOf(request, credentials), ...request.headers] };
    const noAnswer = (error: unknown): Answer => ({ status: 0, headers: {}, text: String(error), ms: 0 });
    const answer = await sender.send(sent).catch(noAnswer);
    report.requests += 1;
    record(report, request, answer);
    const fault = faultOf(request, answer, target.secrets);
    if (fault) fail({ fault, curl: curlOf(target.app, sent), seed });
    if (!isRefused(answer)) accepted.set(request.operation, (accepted.get(request.operation) ?? 0) + 1);
    return [request, answer];
  };

  /** Returns the failure if rows have changed although every request was refused. */
  const compare = async (before: string, refused: FuzzRequest[]) => {
    const after = await rowsOf(target.sql);
    report.compared += 1;
    if (after === before) return;
    const changed = after.split("\n").filter((line) => !before.includes(line));
    const curl = refused.map((request) => curlOf(target.app, request)).join("\n");
    fail({ fault: `refused requests have changed rows: ${changed}`, curl, seed });
  };

  try {
    for (let round = 0; report.requests < total && report.failures.length < maxFailures; round++) {
      await target.sql("DELETE FROM rate_limits");
      const batch = draw(arbitraries, accepted, {
        seed: seed * 1_000_003 + round,
        count: Math.min(REQUESTS_PER_ROUND, total - report.requests),
      });
      const before = await rowsOf(target.sql);
      const answered = await inParallel(batch, send);
      const refused = answered
        .filter(([request, answer]) => isRefused(answer) && !isRead(request))
        .map(([request]) => request);
      if (answered.every(([request, answer]) => isRefused(answer) || isRead(request))) await compare(before, refused);
      else if (refused.length > 0 && round % 2 === 0) {
        // Rows of the accepted requests have changed too, so the refused ones are sent again alone.
        await target.sql("DELETE FROM rate_limits");
        const again = await rowsOf(target.sql);
        const answers = await inParallel(refused, send);
        if (answers.every(([, answer]) => isRefused(answer))) await compare(again, refused);
      }
      onProgress(report.requests);
    }
    report.neverAccepted = operations.filter((one) => !accepted.has(one)).map(nameOf);
    return report;
  } finally {
    sender.close();
    await target.sql("DELETE FROM rate_limits");
  }
}

/**
 * What a request without credentials of its own is sent with. An account's own routes can end its session, so they have another
 * one.
 */
function credentialsOf({ caller, target, headers }: FuzzRequest, credentials: Credentials): [string, string][] {
  if (caller === "nobody") return [];
  const pair = credentials[target.startsWith("/api/auth/") ? "account" : caller];
  return headers.some(([name]) => name === pair[0]) ? [] : [pair];
}

function draw(
  arbitraries: Map<Operation, Record<Intent, fc.Arbitrary<FuzzRequest>>>,
  accepted: Map<Operation, number>,
  { seed, count }: { seed: number; count: number },
): FuzzRequest[] {
  const [intent] = fc.sample(fc.constantFrom(...MIX), { seed, numRuns: 1 });
  const chosen = fc.sample(fc.constantFrom(...arbitraries), { seed, numRuns: count });
  return chosen.flatMap(([operation, byIntent], index) => {
    const most = MOST_ACCEPTED[operation.path] ?? MOST_ACCEPTED_ELSEWHERE;
    const spent = (accepted.get(operation) ?? 0) >= most && operation.method !== "GET";
    const wanted = intent === "valid" && spent ? "hostile" : (intent ?? INTENTS[0]);
    return fc.sample(byIntent[wanted], { seed: seed + index * 7_919, numRuns: 1 });
  });
}

async function inParallel(
  requests: FuzzRequest[],
  send: (request: FuzzRequest) => Promise<Answered>,
): Promise<Answered[]> {
  const left = [...requests];
  const answered: Answered[] = [];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) answered.push(await send(next));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return answered;
}

function record(report: Report, { operation }: FuzzRequest, { status, ms }: Answer): void {
  report.statuses[status] = (report.statuses[status] ?? 0) + 1;
  if (ms > SLOW_MS) report.slow += 1;
  report.slowest = [...report.slowest, { ms: Math.round(ms), operation: nameOf(operation) }]
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 5);
}
