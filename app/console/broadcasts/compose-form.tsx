"use client";

import { FormMessage, useFormAction } from "@/app/ui/action-form";
import { Button } from "@/app/ui/button";
import { Message } from "@/app/ui/display";
import { SelectField, TextArea, TextField } from "@/app/ui/field";
import { type ComposeState, compose } from "./actions";

/** A form that counts the recipients of a broadcast, and sends it after a confirmation. */
export function ComposeForm({ draftKey }: { draftKey: string }) {
  const { state, pending, form, field } = useFormAction<ComposeState>(compose, {});
  const { recipients, confirming } = state;
  const people = recipients === 1 ? "1 person" : `${recipients} people`;
  return (
    <form {...form} className="grid gap-4">
      <input name="key" type="hidden" value={draftKey} />
      <FormMessage {...state} />
      <TextField label="Title" maxLength={200} {...field("title")} />
      <TextArea
        hint="Separate paragraphs with an empty line."
        label="Message"
        maxLength={20_000}
        {...field("message")}
      />
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField label="To" {...field("segment")}>
          <option value="all">Everyone</option>
          <option value="customer">Customers</option>
          <option value="manager">Managers</option>
          <option value="buyers">Buyers</option>
          <option value="active">Active users</option>
          <option value="inactive">Inactive users</option>
        </SelectField>
        <TextField hint="For buyers, active and inactive users" label="Days" min={1} type="number" {...field("days")} />
        <TextField hint="For buyers" label="Minimum orders" min={1} type="number" {...field("minOrders")} />
      </div>
      {recipients === undefined ? null : (
        <Message
          title={confirming ? `Send to ${people}?` : `This broadcast reaches ${people}.`}
          tone={confirming ? "warn" : "neutral"}
        >
          {confirming ? "Sent emails cannot be recalled. " : ""}Unsubscribed users are excluded.
        </Message>
      )}
      <div className="flex flex-wrap gap-3">
        <Button
          busy={pending}
          key={String(confirming)}
          name="intent"
          type="submit"
          value={confirming ? "send" : "confirm"}
        >
          {confirming ? "Yes, send now" : "Send"}
        </Button>
        <Button busy={pending} kind="quiet" name="intent" type="submit" value="preview">
          Count recipients
        </Button>
      </div>
    </form>
  );
}
