import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { searchEverything, searchResultSchema, searchSchema } from "@/lib/console/search";

export const GET = endpoint({
  summary: "Finds orders, customers, products, emails and runs by a text",
  role: "manager",
  query: z.object({ q: searchSchema }),
  responses: { 200: { description: "The first rows of each kind", schema: searchResultSchema } },
  handler: ({ query }) => searchEverything(query.q),
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
