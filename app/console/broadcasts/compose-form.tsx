"use client";

import { Button } from "@/app/ui/button";
import { SelectField, TextArea, TextField } from "@/app/ui/field";
import { Message } from "@/app/ui/surface";
import { useFormAction } from "@/app/ui/use-form-action";
import { type ComposeState, compose } from "./actions";

/** Writing a broadcast: whom it would reach can be counted, and before it goes that is said once more. */
export function ComposeForm({ draftKey }: { draftKey: string }) {
  const { state, pending, form } = useFormAction<ComposeState>(compose, {});
  const { recipients, asks, message } = state;
  const field = (name: string, path = name) => ({
    name,
    defaultValue: state.values?.[name],
    error: state.errors?.find((one) => one.path === path)?.message,
  });
  const people = recipients === 1 ? "1 person" : `${recipients} people`;
  return (
    <form {...form} className="grid gap-4">
      <input name="key" type="hidden" value={draftKey} />
      {message ? <Message tone="bad">{message}</Message> : null}
      <TextField label="Title" maxLength={200} {...field("title")} />
      <TextArea hint="An empty line parts paragraphs." label="Message" maxLength={20_000} {...field("message")} />
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField label="To" {...field("segment")}>
          <option value="all">Everybody</option>
          <option value="customer">Customers</option>
          <option value="manager">Managers</option>
          <option value="buyers">Buyers</option>
          <option value="active">Active people</option>
          <option value="inactive">People who went quiet</option>
        </SelectField>
        <TextField
          hint="For buyers, active and quiet"
          label="Days"
          min={1}
          type="number"
          {...field("days", "segment.days")}
        />
        <TextField
          hint="For buyers"
          label="At least so many orders"
          min={1}
          type="number"
          {...field("minOrders", "segment.minOrders")}
        />
      </div>
      {recipients === undefined ? null : (
        <Message title={asks ? `Send it to ${people}?` : `It would go to ${people}.`} tone={asks ? "warn" : "neutral"}>
          {asks ? "What has gone out cannot be called back. " : ""}Whoever has unsubscribed is left out.
        </Message>
      )}
      <div className="flex flex-wrap gap-3">
        {asks ? (
          <Button busy={pending} name="intent" type="submit" value="send">
            Yes, send it now
          </Button>
        ) : null}
        {asks ? null : (
          <Button busy={pending} name="intent" type="submit" value="ask">
            Send it
          </Button>
        )}
        <Button busy={pending} kind="quiet" name="intent" type="submit" value="preview">
          Count the recipients
        </Button>
      </div>
    </form>
  );
}
