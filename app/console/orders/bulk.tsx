"use client";

import type { ReactNode } from "react";
import { BulkButton, BulkForm } from "@/app/ui/bulk-form";
import { Disclosure } from "@/app/ui/disclosure";
import { TextArea, TextField } from "@/app/ui/field";
import { changeSelected } from "./bulk-actions";
import { exportOf } from "./export-path";

interface Props {
  /** Makes a repeated shipment the same shipment. */
  shipmentKey: string;
  /** The carrier of the last shipment. */
  carrier: string | undefined;
  /** The tags on the page, which the field suggests. */
  tags: string[];
  children: ReactNode;
}

/** The actions on the selected orders of the list. */
export function OrdersBulk({ shipmentKey, carrier, tags, children }: Props) {
  return (
    <BulkForm
      action={changeSelected}
      download={{ value: "export", href: exportOf }}
      hidden={{ key: shipmentKey }}
      noun="orders"
      panels={(field, busy) => (
        <>
          <div className="grid items-start gap-3 md:grid-cols-2">
            <Disclosure label="Ship">
              <TextField
                label="Carrier"
                maxLength={100}
                {...field("carrier")}
                defaultValue={field("carrier").defaultValue ?? carrier}
              />
              <TextArea
                hint="For each order a line with its number and its tracking number. A single tracking number is for all orders."
                label="Tracking numbers"
                {...field("tracking")}
              />
              <div>
                <BulkButton busy={busy} value="ship">
                  Ship selected
                </BulkButton>
              </div>
            </Disclosure>
            <Disclosure label="Tag">
              <TextField label="Tag to add or remove" list="known-tags" maxLength={40} {...field("newTag")} />
              <datalist id="known-tags">
                {tags.map((tag) => (
                  <option key={tag} value={tag} />
                ))}
              </datalist>
              <div className="flex flex-wrap gap-3">
                <BulkButton busy={busy} value="addTag">
                  Add tag
                </BulkButton>
                <BulkButton busy={busy} value="removeTag">
                  Remove tag
                </BulkButton>
              </div>
            </Disclosure>
          </div>
          <div>
            <BulkButton busy={busy} value="export">
              Export selected as CSV
            </BulkButton>
          </div>
        </>
      )}
    >
      {children}
    </BulkForm>
  );
}
