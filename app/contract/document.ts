import { z } from "zod";
import { problem } from "./answers";
import type { Operation } from "./operation";
import { OPERATIONS } from "./operations";

/** The API in OpenAPI 3.1, whose schemas are JSON Schema 2020-12, as zod writes it. */
export function document() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  return {
    openapi: "3.1.0",
    info: { title: "Steadfast", version: "1", description: "Places orders and follows them to their end." },
    paths,
    components: { schemas: { Problem: jsonSchema(problem, "output") } },
  };
}

function describe({ path, summary, query, headers, body, answers, problems }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    summary,
    parameters: [...inPath, ...parameters(query, "query"), ...parameters(headers, "header")],
    ...(body && { requestBody: { required: true, content: content(jsonSchema(body, "input")) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema }]) => [
          status,
          { description, ...(schema && { content: content(jsonSchema(schema, "output")) }) },
        ]),
      ),
      ...Object.fromEntries([...problems, 500].map((status) => [status, PROBLEM])),
    },
  };
}

const PROBLEM = {
  description: "What is wrong",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

const content = (schema: unknown) => ({ "application/json": { schema } });

const jsonSchema = (schema: z.ZodType, io: "input" | "output") => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
};

function parameters(schema: z.ZodObject | undefined, place: "query" | "header") {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, "input");
  return Object.entries(properties).map(([name, field]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: field,
  }));
}
