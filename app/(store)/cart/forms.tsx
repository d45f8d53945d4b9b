"use client";

import type { ReactNode } from "react";
import { Button } from "@/app/ui/button";
import { SelectField } from "@/app/ui/field";
import type { FormState } from "@/app/ui/form-state";
import { FormMessage, useFormAction } from "@/app/ui/use-form-action";
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

interface LineProps {
  productId: string;
  name: string;
}

/** Changes the quantity of a line of the cart: by one, or to a typed number. */
export function QuantityForm({ productId, name, quantity }: LineProps & { quantity: number }) {
  const { state, pending, form } = useFormAction<FormState>(change, {});
  return (
    <div className="grid gap-2">
      <FormMessage {...state} />
      <div className="flex items-center gap-1">
        <SetForm productId={productId} label={`One ${name} less`} quantity={quantity - 1}>
          −
        </SetForm>
        <form {...form} id={`set-${productId}`}>
          <input name="productId" type="hidden" value={productId} />
          <label className="sr-only" htmlFor={`quantity-${productId}`}>
            Quantity of {name}
          </label>
          <input
            className="min-h-11 w-16 rounded-lg border border-edge bg-paper px-2 text-center"
            defaultValue={quantity}
            id={`quantity-${productId}`}
            key={quantity}
            max={1000}
            min={0}
            name="quantity"
            required
            type="number"
          />
        </form>
        <SetForm productId={productId} label={`One ${name} more`} quantity={quantity + 1}>
          +
        </SetForm>
        <Button busy={pending} form={`set-${productId}`} kind="quiet" type="submit">
          Update<span className="sr-only"> {name}</span>
        </Button>
      </div>
    </div>
  );
}

type SetProps = { productId: string; quantity: number; label: string; children: ReactNode };

/** A button that sets the quantity of a line of the cart. */
function SetForm({ productId, quantity, label, children }: SetProps) {
  const { state, pending, form } = useFormAction<FormState>(change, {});
  return (
    <form {...form}>
      <FormMessage {...state} />
      <input name="productId" type="hidden" value={productId} />
      <input name="quantity" type="hidden" value={quantity} />
      <Button aria-label={label} busy={pending} className="min-w-11" kind="quiet" type="submit">
        {children}
      </Button>
    </form>
  );
}

/** Removes a line of the cart. */
export const RemoveForm = ({ productId, name }: LineProps) => (
  <SetForm label={`Remove ${name}`} productId={productId} quantity={0}>
    Remove
  </SetForm>
);
