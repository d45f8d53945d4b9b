"use client";

import type { ReactNode } from "react";
import { BulkButton, BulkForm } from "@/app/ui/bulk-form";
import { Disclosure } from "@/app/ui/disclosure";
import { TextField } from "@/app/ui/field";
import { changeSelected } from "./bulk-actions";

interface Props {
  /** Makes a repeated change of prices the same change. */
  changeKey: string;
  children: ReactNode;
}

/** The actions on the selected products of the list. */
export function ProductsBulk({ changeKey, children }: Props) {
  return (
    <BulkForm
      action={changeSelected}
      hidden={{ key: changeKey }}
      noun="products"
      panels={(field, busy) => (
        <>
          <div className="grid items-start gap-3 md:grid-cols-2">
            <Disclosure label="Change price">
              <TextField
                hint="For example 2.50 or -1, or as a percentage 10% or -10%"
                label="Change by"
                {...field("priceChange")}
              />
              <div>
                <BulkButton busy={busy} value="price">
                  Change prices
                </BulkButton>
              </div>
            </Disclosure>
            <Disclosure label="Set low-stock threshold">
              <TextField
                hint="Leave empty for the shop's default."
                label="Alert at this stock"
                min={0}
                type="number"
                {...field("lowStock")}
              />
              <div>
                <BulkButton busy={busy} value="lowStock">
                  Set threshold
                </BulkButton>
              </div>
            </Disclosure>
          </div>
          <div className="flex flex-wrap gap-3">
            <BulkButton busy={busy} value="activate">
              Put on sale
            </BulkButton>
            <BulkButton busy={busy} value="archive">
              Archive
            </BulkButton>
          </div>
        </>
      )}
    >
      {children}
    </BulkForm>
  );
}
