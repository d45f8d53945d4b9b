import { tag } from "@/app/console/orders/actions";
import { Tags } from "@/app/console/orders/columns";
import { ActionForm } from "@/app/ui/action-form";
import { Card } from "@/app/ui/display";
import { TextField } from "@/app/ui/field";
import type { OrderDetails } from "@/lib/orders/inspect-order";

/** The tags of an order, with a form that replaces them. */
export function OrderTags({ id, tags }: Pick<OrderDetails, "id" | "tags">) {
  return (
    <Card title="Tags">
      {tags.length > 0 ? (
        <Tags tags={tags} />
      ) : (
        <p className="text-muted text-sm">No tags yet. Customers do not see tags.</p>
      )}
      <ActionForm action={tag} hidden={{ id }} kind="quiet" submit="Save tags">
        <TextField defaultValue={tags.join(", ")} hint="With commas between them" label="Tags" name="tags" />
      </ActionForm>
    </Card>
  );
}
