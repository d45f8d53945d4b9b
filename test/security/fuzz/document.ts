import { z } from "zod";
import type { Schema } from "./values";

/** An operation of the API, read from its OpenAPI document, which the app makes from its endpoints' zod schemas. */
export interface Operation {
  method: string;
  /** With the names of its parameters in braces. */
  path: string;
  query: Schema;
  headers: Schema;
  body?: { mediaType: string; schema: Schema };
  /** The statuses that it declares. */
  statuses: string[];
}

const schema = z.custom<Schema>((value) => typeof value === "object" && value !== null);
const operationSchema = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean(), schema })),
  requestBody: z.object({ content: z.record(z.string(), z.object({ schema })) }).optional(),
  responses: z.record(z.string(), z.unknown()),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });

/** Reads the operations of a running app. */
export async function readOperations(app: string): Promise<Operation[]> {
  const { paths } = documentSchema.parse(await (await fetch(`${app}/api/openapi.json`)).json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody, responses }]) => {
      const [body] = Object.entries(requestBody?.content ?? {});
      const objectOf = (place: string): Schema => {
        const own = parameters.filter((one) => one.in === place);
        return {
          type: "object",
          properties: Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
          required: own.filter(({ required }) => required).map(({ name }) => name),
        };
      };
      return {
        ...{ method: method.toUpperCase(), path, query: objectOf("query"), headers: objectOf("header") },
        ...(body && { body: { mediaType: body[0], schema: body[1].schema } }),
        statuses: Object.keys(responses),
      };
    }),
  );
}
