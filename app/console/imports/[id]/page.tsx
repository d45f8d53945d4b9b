import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { StateBadge } from "@/app/console/state-badge";
import { requireOperator } from "@/app/session";
import { Pager } from "@/app/ui/pager";
import { Refresher } from "@/app/ui/refresher";
import { Card, Notice, Progress } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { AppError } from "@/lib/errors";
import { viewImport } from "@/lib/imports/view-import";

export const metadata: Metadata = { title: "Import" };

const ENDED = ["done", "failed", "manual", "dismissed"];

type Props = { params: Promise<{ id: string }>; searchParams: Promise<{ cursor?: string }> };

export default async function ImportPage({ params, searchParams }: Props) {
  const [{ id }, { cursor }] = [await params, await searchParams];
  await requireOperator(`/console/imports/${id}`);
  const one = await viewImport(id, { limit: 100, cursor }).catch((error) =>
    error instanceof AppError ? notFound() : Promise.reject(error),
  );
  const { status, counts, bytes, problem, errors } = one;
  return (
    <div className="grid max-w-4xl gap-6">
      {ENDED.includes(status) ? null : <Refresher />}
      <div className="flex flex-wrap items-center gap-3">
        <h1>Import of {one.type}</h1>
        <StateBadge state={status} />
      </div>
      <p className="break-all text-muted">{one.url}</p>
      {problem ? (
        <Notice title={problem.message} tone="bad">
          {problem.line === undefined ? null : `Line ${problem.line}`}
        </Notice>
      ) : null}
      <Card className="grid gap-4">
        {bytes.length ? (
          <>
            <Progress label="Fetched (bytes)" max={bytes.length} value={bytes.fetched} />
            <Progress label="Applied (bytes)" max={bytes.length} value={bytes.applied} />
          </>
        ) : null}
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {Object.entries(counts).map(([name, count]) => (
            <div key={name}>
              <dt className="text-muted text-sm">{name}</dt>
              <dd className="font-semibold text-xl tabular-nums">{count}</dd>
            </div>
          ))}
        </dl>
      </Card>
      {errors.items.length > 0 ? (
        <Table
          caption="Rows that were not taken"
          columns={[
            { head: "Line", cell: ({ line }) => `Line ${line}`, className: "tabular-nums" },
            { head: "Column", cell: ({ column }) => column },
            { head: "What is wrong", cell: ({ message }) => message },
          ]}
          keyOf={({ line, column }) => `${line}-${column}`}
          rows={errors.items}
        />
      ) : null}
      <Pager nextCursor={errors.nextCursor} />
    </div>
  );
}
