import { z } from "zod";
import { now } from "./clock";
import { db } from "./db";
import { runUrl } from "./inngest-url";
import { countRows, newestFirst, newestFirstPage, pageQuery } from "./pagination";
import { timeSchema } from "./view-schemas";

/** The data of `inngest/function.failed`, which Inngest sends when the last attempt of a run has failed. */
const failureSchema = z.looseObject({
  run_id: z.string(),
  function_id: z.string(),
  error: z.looseObject({ message: z.string().default("") }),
  event: z.looseObject({ name: z.string(), id: z.string().optional() }),
});

const MAX_ERROR = 2_000;

/** Records a run that failed for good, once. The data of its event is not stored: it can be personal. */
export async function recordFailedRun(failure: unknown): Promise<string> {
  const { run_id: id, function_id, error, event } = failureSchema.parse(failure);
  await db().failedRun.createMany({
    data: {
      ...{ id, function: function_id.replace(/^steadfast-/, ""), eventName: event.name, eventId: event.id ?? null },
      ...{ error: error.message.slice(0, MAX_ERROR), fields: wrongFields(error.message), createdAt: now() },
    },
    skipDuplicates: true,
  });
  return id;
}

/** Returns the fields that the error of a refused event names: `data.items.0.quantity: Too small; data.email: …`. */
const wrongFields = (message: string): string[] => [
  ...new Set([...message.matchAll(/(?:^|; )(data(?:\.\w+)+): /g)].map(([, field = ""]) => field)),
];

export const failedRunQuerySchema = pageQuery(25);

export const failedRunSchema = z.strictObject({
  ...{ id: z.string(), function: z.string(), eventName: z.string(), eventId: z.string().nullable() },
  error: z.string(),
  fields: z
    .array(z.string())
    .describe("The wrong fields of a refused event; empty if a run has failed for another reason."),
  ...{ createdAt: timeSchema, runUrl: z.url() },
});

/** Returns a page of the runs that failed for good, the newest first, with the address of each at Inngest. */
export async function listFailedRuns(query: z.output<typeof failedRunQuerySchema>) {
  const rows = await db().failedRun.findMany(newestFirst(query));
  return newestFirstPage(rows, query.limit, (row) => ({ ...row, runUrl: runUrl(row.id) }));
}

/** Returns the number of runs that failed for good. */
export const countFailedRuns = () => countRows((limit) => db().failedRun.count(limit));
