import { orNotFound } from "@/app/or-not-found";
import type { PageParams, PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { Figures } from "@/app/ui/figures";
import { Pager } from "@/app/ui/pager";
import { Refresher } from "@/app/ui/refresher";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Message, Progress } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { viewImport } from "@/lib/imports/view-import";

export const metadata = { title: "Import" };

const ENDED = ["done", "failed", "manual", "dismissed"];

export default async function ImportPage({ params, searchParams }: PageParams<"id"> & PageQuery<"cursor">) {
  const [{ id }, { cursor }] = [await params, await searchParams];
  await requireOperator();
  const { type, url, status, counts, bytes, problem, errors } = await orNotFound(
    viewImport(id, { limit: 100, cursor }),
  );
  return (
    <div className="grid max-w-4xl gap-6">
      {ENDED.includes(status) ? null : <Refresher />}
      <div className="flex flex-wrap items-center gap-3">
        <h1>Import of {type}</h1>
        <StatusBadge status={status} />
      </div>
      <p className="break-all text-muted">{url}</p>
      {problem ? (
        <Message title={problem.message} tone={ENDED.includes(status) ? "bad" : "warn"}>
          {problem.line === undefined ? null : `Line ${problem.line}`}
        </Message>
      ) : null}
      <Card className="grid gap-4">
        <Progress
          label="Fetched (bytes)"
          max={bytes.length ?? (status === "fetching" ? undefined : bytes.fetched)}
          value={bytes.fetched}
        />
        <Progress label="Applied (bytes)" max={bytes.length ?? bytes.fetched} value={bytes.applied} />
        <Figures figures={counts} />
      </Card>
      {errors.items.length > 0 ? (
        <Table
          title="Rejected rows"
          columns={(column) => [
            column("Line", ({ line }) => `Line ${line}`),
            column("Column", ({ column }) => column),
            column("Error", ({ message }) => message),
          ]}
          keyOf={({ line, column }) => `${line}-${column}`}
          rows={errors.items}
        />
      ) : null}
      <Pager nextCursor={errors.nextCursor} />
    </div>
  );
}
