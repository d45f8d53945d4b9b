import { ActionForm } from "@/app/ui/action-form";
import { Card, Empty, PageContent, StatusBadge } from "@/app/ui/display";
import { SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { Pager, Table } from "@/app/ui/list";
import { LiveConsole } from "@/app/ui/live-progress";
import { Timestamp } from "@/app/ui/timestamp";
import { COLUMNS } from "@/lib/imports/columns";
import { listImports } from "@/lib/imports/view-import";
import { startImport } from "../actions";
import { consolePage } from "../console-page";

export const metadata = { title: "Imports" };

export default consolePage<"cursor">(async ({ cursor }) => {
  const { items, nextCursor } = await listImports({ limit: 20, cursor });
  return (
    <PageContent title="Imports">
      <LiveConsole topic="imports" />
      <Card title="Import a file" className="max-w-2xl">
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
      <Table
        title="Previous"
        caption="Imports, newest first"
        columns={(column) => [
          column("File", ({ id, url }) => <TextLink href={`/console/imports/${id}`}>{url}</TextLink>),
          column("Type", ({ type }) => type),
          column("Status", ({ status }) => <StatusBadge status={status} />),
          column("Started", ({ createdAt }) => <Timestamp at={createdAt} />),
        ]}
        rows={items}
        empty={<Empty title="No imports yet">Enter the URL of a file above. Its progress appears here.</Empty>}
      />
      <Pager nextCursor={nextCursor} />
    </PageContent>
  );
});
