"use client";

import { useActionState } from "react";
import type { FormState } from "@/app/ui/action-form";
import { Button } from "@/app/ui/button";
import { SelectField, TextArea, TextField } from "@/app/ui/field";
import { Notice } from "@/app/ui/surface";
import { compose } from "./actions";

/** Writing a broadcast; whom it would reach can be counted before it goes. */
export function ComposeForm() {
  const [state, action, pending] = useActionState<FormState, FormData>(compose, {});
  const error = (path: string) => state.errors?.find((one) => one.path === path)?.message;
  return (
    <form action={action} className="grid gap-4">
      {state.message ? <Notice tone={state.good ? "good" : "bad"}>{state.message}</Notice> : null}
      <TextField error={error("title")} label="Title" maxLength={200} name="title" />
      <TextArea
        error={error("message")}
        hint="An empty line parts paragraphs."
        label="Message"
        maxLength={20_000}
        name="message"
      />
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField error={error("segment")} label="To" name="segment">
          <option value="all">Everybody</option>
          <option value="customer">Customers</option>
          <option value="manager">Managers</option>
          <option value="buyers">Buyers</option>
          <option value="active">Active people</option>
          <option value="inactive">People who went quiet</option>
        </SelectField>
        <TextField
          error={error("segment.days")}
          hint="For buyers, active and quiet"
          label="Days"
          min={1}
          name="days"
          type="number"
        />
        <TextField
          error={error("segment.minOrders")}
          hint="For buyers"
          label="At least so many orders"
          min={1}
          name="minOrders"
          type="number"
        />
      </div>
      <div className="flex flex-wrap gap-3">
        <Button disabled={pending} kind="quiet" name="intent" type="submit" value="preview">
          Count the recipients
        </Button>
        <Button disabled={pending} name="intent" type="submit" value="send">
          Send it
        </Button>
      </div>
    </form>
  );
}
