"use client";

import { FormMessage, type FormState, useFormAction } from "@/app/ui/action-form";
import { Button } from "@/app/ui/button";
import { SelectField } from "@/app/ui/field";
import { add, change } from "./actions";

/** Adds a product to the cart. The customer chooses a quantity of at most `most`. */
export function AddForm({ productId, most }: { productId: string; most: number }) {
  const { state, pending, form } = useFormAction<FormState>(add, {});
  return (
    <form {...form} className="grid gap-3">
      <FormMessage {...state} />
      <input name="productId" type="hidden" value={productId} />
      <div className="flex items-end gap-3">
        <div className="w-24">
          <SelectField label="Quantity" name="quantity">
            {Array.from({ length: most }, (_, index) => index + 1).map((count) => (
              <option key={count}>{count}</option>
            ))}
          </SelectField>
        </div>
        <Button busy={pending} type="submit">
          Add to cart
        </Button>
      </div>
    </form>
  );
}

/** Changes the quantity of a line of the cart. */
export function QuantityForm({ productId, name, quantity }: { productId: string; name: string; quantity: number }) {
  const { state, pending, form } = useFormAction<FormState>(change, {});
  return (
    <form {...form} className="grid gap-2">
      <FormMessage {...state} />
      <div className="flex items-center gap-2">
        <input name="productId" type="hidden" value={productId} />
        <label className="sr-only" htmlFor={`quantity-${productId}`}>
          Quantity of {name}
        </label>
        <input
          className="min-h-11 w-20 rounded-lg border border-edge bg-paper px-3"
          defaultValue={quantity}
          id={`quantity-${productId}`}
          key={quantity}
          max={1000}
          min={0}
          name="quantity"
          required
          type="number"
        />
        <Button busy={pending} kind="quiet" type="submit">
          Update<span className="sr-only"> {name}</span>
        </Button>
      </div>
    </form>
  );
}

/** Removes a line of the cart. */
export function RemoveForm({ productId, name }: { productId: string; name: string }) {
  const { pending, form } = useFormAction<FormState>(change, {});
  return (
    <form {...form}>
      <input name="productId" type="hidden" value={productId} />
      <input name="quantity" type="hidden" value="0" />
      <Button busy={pending} kind="quiet" type="submit">
        Remove<span className="sr-only"> {name}</span>
      </Button>
    </form>
  );
}
