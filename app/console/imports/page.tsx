import type { PageQuery } from "@/app/page-props";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Pager } from "@/app/ui/pager";
import { StatusBadge } from "@/app/ui/status-badge";
import { Card, Empty } from "@/app/ui/surface";
import { Table } from "@/app/ui/table";
import { Timestamp } from "@/app/ui/timestamp";
import { COLUMNS } from "@/lib/imports/columns";
import { listImports } from "@/lib/imports/view-import";
import { startImport } from "../actions";

export const metadata = { title: "Imports" };

export default async function ImportsPage({ searchParams }: PageQuery<"cursor">) {
  await requireOperator();
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listImports({ limit: 20, cursor });
  return (
    <div className="grid gap-6">
      <h1>Imports</h1>
      <Card className="max-w-2xl">
        <h2 className="mb-4">Import a file</h2>
        <ActionForm action={startImport} submit="Start import">
          <TextField hint="The public URL of a CSV file" label="URL" name="url" required type="url" />
          <SelectField
            hint={`Products: ${COLUMNS.products.required.join(", ")}. Stock: ${COLUMNS.stock.required.join(", ")}.`}
            label="Type"
            name="type"
          >
            <option value="products">Products</option>
            <option value="stock">Stock</option>
          </SelectField>
        </ActionForm>
      </Card>
      {items.length === 0 ? (
        <Empty title="No imports yet">Enter the URL of a file above. Its progress appears here.</Empty>
      ) : (
        <Table
          title="Previous"
          caption="Imports, newest first"
          columns={(column) => [
            column("File", ({ id, url }) => <TextLink href={`/console/imports/${id}`}>{url}</TextLink>),
            column("Type", ({ type }) => type),
            column("Status", ({ status }) => <StatusBadge status={status} />),
            column("Started (UTC)", ({ createdAt }) => <Timestamp at={createdAt} />),
          ]}
          keyOf={({ id }) => id}
          rows={items}
        />
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
