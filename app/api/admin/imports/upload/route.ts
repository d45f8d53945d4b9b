import { endpoint, methodNotAllowed } from "@/app/endpoint";
import { problemResponse, readUpload, uploadOptions } from "@/app/http";
import { importEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { createUploadedImport, uploadSchema, uploadTooLarge } from "@/lib/imports/create-import";
import { idSchema } from "@/lib/view-schemas";

/** Whether a browser without JavaScript sent the console's form. It shows what the response names. */
const isPlainForm = ({ headers }: Request) => headers.get("accept")?.includes("text/html") === true;

/** The addresses are relative, because behind a proxy the app does not know its own. */
const seeOther = (location: string) =>
  new Response(null, { status: 303, headers: { location, "cache-control": "no-store" } });

/** The options of a refused form, so that its page shows them again. */
function optionsToShow(request: Request): Record<string, string> {
  const { type, dryRun = "false" } = uploadOptions(request);
  return type === undefined ? {} : { type, dryRun };
}

export const POST = endpoint({
  summary: "Imports an uploaded CSV file of products or stock",
  role: "manager",
  scope: "catalogue:write",
  destructive: true,
  unparsed: { upload: uploadSchema },
  responses: {
    201: { description: "The import is created", schema: idSchema },
    303: { description: "To its page, for a browser that sends the form itself" },
  },
  problems: [400, 413, 415, 422],
  onError: (error, request) =>
    isPlainForm(request) && error instanceof AppError
      ? seeOther(`/console/imports?${new URLSearchParams({ refused: error.code, ...optionsToShow(request) })}#upload`)
      : problemResponse(error),
  handler: async ({ request, user }) => {
    const upload = await readUpload(request, {
      schema: uploadSchema,
      maxBytes: importEnv().IMPORT_UPLOAD_BYTES,
      tooLarge: uploadTooLarge,
    });
    const created = await createUploadedImport(upload, user.id);
    return isPlainForm(request)
      ? { status: 303, body: seeOther(`/console/imports/${created.id}`) }
      : { status: 201, body: created };
  },
});
export const { GET, PUT, PATCH, DELETE, OPTIONS } = methodNotAllowed({ POST });
