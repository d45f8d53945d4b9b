import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireOperator } from "@/app/session";
import { Pager } from "@/app/ui/pager";
import { Refresher } from "@/app/ui/refresher";
import { Badge, Card, Notice, Progress } from "@/app/ui/surface";
import { Cell, Row, Table } from "@/app/ui/table";
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
        <Badge tone={status === "done" ? "good" : status === "failed" ? "bad" : "warn"}>
          {status.replaceAll("_", " ")}
        </Badge>
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
        <Table caption="Rows that were not taken" head={["Line", "Column", "What is wrong"]}>
          {errors.items.map(({ line, column, message }) => (
            <Row key={`${line}-${column}`}>
              <Cell className="tabular-nums">{line}</Cell>
              <Cell>{column}</Cell>
              <Cell>{message}</Cell>
            </Row>
          ))}
        </Table>
      ) : null}
      <Pager nextCursor={errors.nextCursor} />
    </div>
  );
}
