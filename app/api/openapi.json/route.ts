import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { openApiDocument } from "./document";

export const GET = endpoint({
  summary: "Returns this document",
  responses: { 200: { description: "OpenAPI 3.1", schema: z.looseObject({}) } },
  handler: openApiDocument,
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
