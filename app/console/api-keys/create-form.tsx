"use client";

import { Button } from "@/app/ui/button";
import { Checkbox, SelectField, TextField } from "@/app/ui/field";
import type { FormState } from "@/app/ui/form-state";
import { FormMessage, useFormAction } from "@/app/ui/use-form-action";
import { create } from "./actions";

interface Props {
  /** The description of each scope. */
  scopes: Record<string, string>;
  /** In days. */
  lifetimes: number[];
}

/** A form that creates an API key and shows it once. */
export function CreateForm({ scopes, lifetimes }: Props) {
  const { state, pending, form, field } = useFormAction<FormState>(create, {});
  const refused = state.good ? undefined : state.values;
  return (
    <form {...form} className="grid gap-4">
      <FormMessage {...state} />
      <TextField
        hint="The program that uses it, such as Warehouse"
        label="Name"
        maxLength={100}
        required
        {...field("name")}
      />
      <fieldset className="grid gap-1">
        <legend className="mb-1 font-medium text-sm">Scopes</legend>
        {Object.entries(scopes).map(([scope, description]) => (
          <Checkbox
            defaultChecked={refused?.[scope] === "on"}
            key={scope}
            label={`${scope}: ${description}`}
            name={scope}
          />
        ))}
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label="Expires in" {...field("expiresInDays")}>
          {lifetimes.map((days) => (
            <option key={days} value={days}>
              {days} days
            </option>
          ))}
        </SelectField>
        <TextField
          label="Requests per minute"
          max={10_000}
          min={1}
          required
          type="number"
          {...field("requestsPerMinute")}
          defaultValue={refused?.requestsPerMinute ?? "120"}
        />
      </div>
      <div>
        <Button busy={pending} type="submit">
          Create key
        </Button>
      </div>
    </form>
  );
}
