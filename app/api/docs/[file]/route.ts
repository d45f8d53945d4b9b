import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { notFound } from "@/lib/errors";

const MEDIA_TYPES = new Map([
  ["swagger-ui.css", "text/css; charset=utf-8"],
  ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
]);

export const GET = endpoint({
  summary: "Returns a file of Swagger UI",
  params: z.object({ file: z.string() }),
  responses: { 200: { description: "The file" } },
  handler: async ({ params: { file } }) => {
    const mediaType = MEDIA_TYPES.get(file);
    if (!mediaType) throw notFound("file");
    const content = await readFile(path.join(process.cwd(), "node_modules", "swagger-ui-dist", file));
    return new Response(content, {
      headers: {
        "content-type": mediaType,
        // A new version of the package is visible after an hour.
        "cache-control": "public, max-age=3600",
        "x-content-type-options": "nosniff",
      },
    });
  },
});
export const { POST, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ GET });
