import type { z } from "zod";

/** An operation of the API, made of the schemas that parse its requests. */
export interface Operation {
  method: "get" | "post" | "patch" | "delete";
  path: `/api/${string}`;
  summary: string;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  body?: z.ZodType;
  answers: Record<number, { description: string; schema?: z.ZodType }>;
  /** Statuses answered with a problem; 500 may befall every operation. */
  problems: number[];
}
