import { TextField } from "@/app/ui/field";
import { storeEnv } from "@/lib/env";
import { type Money, typedAmount } from "@/lib/money";

/** The fields of a price. `id` distinguishes several on a page. */
export function Price({ id, price }: { id: string; price?: Money }) {
  return (
    <div className="grid grid-cols-2 gap-4">
      <TextField
        defaultValue={price && typedAmount(price)}
        hint="For example 12.50"
        id={`amount-${id}`}
        inputMode="decimal"
        label="Price"
        name="amount"
        required
      />
      <TextField
        defaultValue={price?.currency ?? storeEnv().STORE_CURRENCY}
        id={`currency-${id}`}
        label="Currency"
        maxLength={3}
        name="currency"
        pattern="[A-Z]{3}"
        required
      />
    </div>
  );
}
