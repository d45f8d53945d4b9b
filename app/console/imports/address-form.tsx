"use client";

import { startImport } from "@/app/console/actions";
import { Button } from "@/app/ui/button";
import { TextField } from "@/app/ui/field";
import type { FormState } from "@/app/ui/form-state";
import { FormMessage, useFormAction } from "@/app/ui/use-form-action";
import { ImportOptions } from "./import-options";

/** Imports a file from its address. */
export function AddressForm() {
  const { state, pending, form, field } = useFormAction<FormState>(startImport, {});
  return (
    <form {...form} className="grid gap-4">
      <FormMessage {...state} />
      <TextField hint="The public URL of a CSV file" label="URL" required type="url" {...field("url")} />
      <ImportOptions id="address" values={state.values} />
      <div>
        <Button busy={pending} type="submit">
          Start import
        </Button>
      </div>
    </form>
  );
}
