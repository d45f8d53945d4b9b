import type { Metadata } from "next";
import Link from "next/link";
import { requireOperator } from "@/app/session";
import { ActionForm } from "@/app/ui/action-form";
import { SelectField, TextField } from "@/app/ui/field";
import { Pager } from "@/app/ui/pager";
import { Card, Empty } from "@/app/ui/surface";
import { Cell, Row, Table } from "@/app/ui/table";
import { When } from "@/app/ui/when";
import { COLUMNS } from "@/lib/imports/columns";
import { listImports } from "@/lib/imports/list-imports";
import { start } from "./actions";

export const metadata: Metadata = { title: "Imports" };

export default async function ImportsPage({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  await requireOperator("/console/imports");
  const { cursor } = await searchParams;
  const { items, nextCursor } = await listImports({ limit: 20, cursor });
  return (
    <div className="grid gap-6">
      <h1>Imports</h1>
      <Card className="max-w-2xl">
        <h2 className="mb-4">Import a file</h2>
        <ActionForm action={start} submit="Import it">
          <TextField hint="A CSV file at a public address" label="Address" name="url" required type="url" />
          <SelectField
            hint={`Products: ${COLUMNS.products.required.join(", ")}. Stock: ${COLUMNS.stock.required.join(", ")}.`}
            label="What it holds"
            name="type"
          >
            <option value="products">Products</option>
            <option value="stock">Stock</option>
          </SelectField>
        </ActionForm>
      </Card>
      {items.length === 0 ? (
        <Empty title="Nothing has been imported yet." />
      ) : (
        <Table caption="Imports, newest first" head={["File", "Holds", "State", "Begun (UTC)"]}>
          {items.map((one) => (
            <Row key={one.id}>
              <Cell className="max-w-md break-all">
                <Link className="text-accent underline" href={`/console/imports/${one.id}`}>
                  {one.url}
                </Link>
              </Cell>
              <Cell>{one.type}</Cell>
              <Cell>{one.status.replaceAll("_", " ")}</Cell>
              <Cell>
                <When at={one.createdAt} />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <Pager nextCursor={nextCursor} />
    </div>
  );
}
