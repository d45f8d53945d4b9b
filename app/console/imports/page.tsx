import { Badge, Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { LiveConsole } from "@/app/ui/live-progress";
import { Timestamp } from "@/app/ui/timestamp";
import { importEnv } from "@/lib/env";
import { COLUMNS } from "@/lib/imports/columns";
import { uploadTooLarge } from "@/lib/imports/create-import";
import { countImports, listImports } from "@/lib/imports/view-import";
import { consolePage } from "../console-page";
import { AddressForm } from "./address-form";
import { UploadForm } from "./upload-form";

export const metadata = { title: "Imports" };

export default consolePage<"cursor" | "refused" | "type" | "dryRun">(async ({ cursor, refused, type, dryRun }) => {
  const [{ items, nextCursor }, rows] = await Promise.all([listImports({ limit: 20, cursor }), countImports()]);
  return (
    <PageContent title="Imports">
      <LiveConsole topic="imports" />
      <div className="grid gap-6 *:min-w-0 lg:grid-cols-2">
        <Card id="upload" title="Upload a file">
          <UploadForm
            maxBytes={importEnv().IMPORT_UPLOAD_BYTES}
            options={type ? { type, dryRun } : undefined}
            refusal={refused && refusalText(refused)}
            tooLarge={uploadTooLarge().message}
          />
        </Card>
        <Card title="Import from an address">
          <AddressForm />
        </Card>
      </div>
      <Card title="What a file must have">
        <dl className="grid gap-3 sm:grid-cols-2">
          {Object.entries(COLUMNS).map(([type, { required, optional }]) => (
            <div key={type}>
              <dt className="font-semibold first-letter:uppercase">{type}</dt>
              <dd>
                Columns {required.join(", ")}
                {optional.length > 0 ? `; optional: ${optional.join(", ")}` : ""}.
              </dd>
              <dd>
                <a
                  className="inline-flex min-h-11 items-center text-accent underline"
                  download
                  href={`/api/admin/imports/template.csv?type=${type}&bom=true`}
                >
                  Download a template for {type}
                </a>
              </dd>
            </div>
          ))}
        </dl>
      </Card>
      <Table
        title="Previous"
        caption="Imports, newest first"
        columns={(column) => [
          column("File", ({ id, url, fileName }) => (
            <TextLink href={`/console/imports/${id}`}>{fileName ?? url}</TextLink>
          )),
          column("Type", ({ type }) => type),
          column("Status", ({ status, dryRun }) => (
            <span className="inline-flex flex-wrap gap-2 max-sm:justify-end">
              <StatusBadge status={dryRun && status === "applying" ? "checking" : status} />
              {dryRun ? <Badge>Dry run</Badge> : null}
            </span>
          )),
          column("Started", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={
          <Empty title="No imports yet">Upload a file above, or enter its address. Its progress appears here.</Empty>
        }
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});

const REFUSALS: Record<string, string> = {
  unauthenticated: "Your session had ended. Please choose the file again.",
  validation_failed: "Please choose a file.",
  empty_file: "The file is empty.",
  compressed: "The file is compressed, or a spreadsheet; it must be plain CSV.",
  html_page: "The file is a web page, not CSV.",
  not_utf8: "The file is encoded in UTF-32; it must be UTF-8.",
};

/** Returns the words for the code that the API adds to the address. Other codes get general words: anybody can write a link. */
function refusalText(code: string): string {
  if (code === "file_too_large") return uploadTooLarge().message;
  return REFUSALS[code] ?? "The file could not be uploaded. Please try again.";
}
