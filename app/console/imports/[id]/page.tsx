import { cache } from "react";
import { importDryRun } from "@/app/console/actions";
import { consolePage, recordTitle } from "@/app/console/console-page";
import { ActionForm } from "@/app/ui/action-form";
import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { Badge, Card, Figures, Message, PageContent, Progress, StatusBadge, Titled } from "@/app/ui/display";
import { TextLink } from "@/app/ui/link";
import { Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { LiveConsole } from "@/app/ui/live-progress";
import { Refresher } from "@/app/ui/refresher";
import { MAX_SAVED_ERRORS } from "@/lib/imports/apply-rows";
import { countImportErrors, fieldOf, viewImport } from "@/lib/imports/view-import";
import type { Total } from "@/lib/pagination";

const load = cache((id: string, cursor?: string) => viewImport(id, { limit: 100, cursor }));

const nameOf = ({ type, dryRun }: View) => `${dryRun ? "Dry run" : "Import"} of ${type}`;

export const generateMetadata = recordTitle<"id">(async ({ id }) => nameOf(await load(id)));

const ENDED = ["done", "failed", "manual", "dismissed"];

const kilobytes = (bytes: number | undefined) => (bytes === undefined ? undefined : Math.ceil(bytes / 1_000));

type View = Awaited<ReturnType<typeof viewImport>>;

export default consolePage<"cursor", "id">(async ({ id, cursor }) => {
  const [view, problems] = await Promise.all([load(id, cursor), countImportErrors(id)]);
  const { url, fileName, status, dryRun, problem, duplicateOf } = view;
  const ended = ENDED.includes(status);
  return (
    <PageContent
      trail={[{ href: "/console/imports", label: "Imports" }]}
      title={nameOf(view)}
      beside={
        <>
          <StatusBadge status={dryRun && status === "applying" ? "checking" : status} />
          {dryRun ? <Badge>Nothing is changed</Badge> : null}
        </>
      }
      className="max-w-4xl"
    >
      {ended ? null : <LiveConsole poller={<Refresher />} topic="imports" />}
      <p className="text-muted wrap-anywhere">
        <Breakable text={fileName ?? url ?? ""} />{" "}
        <Copyable label="import id" text={id}>
          <code>{id}</code>
        </Copyable>
      </p>
      {problem ? (
        <Message title={problem.message} tone={ended ? "bad" : "warn"}>
          {problem.line === undefined ? null : `Line ${problem.line}`}
        </Message>
      ) : null}
      {duplicateOf ? (
        <Message title="The file is the same as that of the last import, so it changes nothing.">
          <TextLink href={`/console/imports/${duplicateOf}`}>View that import</TextLink>
        </Message>
      ) : null}
      <Counts {...view} />
      {dryRun && status === "done" ? <NextStep {...view} /> : null}
      <RefusedRows {...view} problems={problems} />
    </PageContent>
  );
});

/** The progress of an import, and what became of its rows. */
function Counts({ url, status, dryRun, rows, counts, bytes }: View) {
  const { created, updated, unchanged, bad } = counts;
  const figures: Record<string, number> = dryRun
    ? {
        "would be created": created,
        "would be updated": updated,
        "would stay the same": unchanged,
        "would be refused": bad,
      }
    : { created, updated, unchanged, refused: bad };
  return (
    <Card className="grid gap-4">
      {url === null ? null : (
        <Progress
          label="Fetched (kB)"
          max={kilobytes(bytes.length ?? (status === "fetching" ? undefined : bytes.fetched))}
          value={kilobytes(bytes.fetched) ?? 0}
        />
      )}
      {rows === null && ENDED.includes(status) ? null : (
        <Progress
          label={dryRun ? "Checked (rows)" : "Applied (rows)"}
          max={rows ?? undefined}
          value={created + updated + unchanged + bad}
        />
      )}
      <Figures figures={figures} />
    </Card>
  );
}

/** What can be done after a dry run. */
function NextStep({ id, appliedAs, counts }: View) {
  if (appliedAs)
    return (
      <Message title="The file was imported after this dry run." tone="good">
        <TextLink href={`/console/imports/${appliedAs}`}>View the import</TextLink>
      </Message>
    );
  if (counts.created + counts.updated === 0)
    return <Message title="An import of this file would change nothing." tone="neutral" />;
  return (
    <Card title="Import this file">
      <p className="text-muted">
        {counts.bad > 0
          ? "The valid rows are imported, and the refused rows below are left out. To correct them first, upload the corrected file."
          : "Every row is valid. You do not need to upload the file again."}
      </p>
      <ActionForm action={importDryRun} hidden={{ id }} submit="Import now" />
    </Card>
  );
}

function RefusedRows({ id, counts, errors, problems }: View & { problems: Total }) {
  if (errors.items.length === 0) return null;
  const rows = `${counts.bad.toLocaleString("en")} ${counts.bad === 1 ? "row" : "rows"} refused`;
  return (
    <Titled title="Refused rows">
      <p className="flex flex-wrap items-center justify-between gap-x-6">
        <span className="text-muted">
          {rows}
          {counts.bad >= MAX_SAVED_ERRORS
            ? `. The first ${MAX_SAVED_ERRORS.toLocaleString("en")} problems are listed.`
            : ""}
        </span>
        <a
          className="inline-flex min-h-11 items-center text-accent underline"
          download
          href={`/api/admin/imports/${id}/errors.csv?bom=true`}
        >
          Download the refused rows as CSV
        </a>
      </p>
      <Table
        caption="Refused rows"
        columns={(column) => [
          column("Line", ({ line }) => `Line ${line}`),
          column("SKU", ({ sku }) => sku ?? "—"),
          column("Field", ({ column }) => fieldOf(column)),
          column("Reason", ({ message }) => message),
        ]}
        rows={errors.items}
      />
      <Pager nextCursor={errors.nextCursor} rows={problems} shown={errors.items.length} />
    </Titled>
  );
}
