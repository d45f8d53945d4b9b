"use client";

import { Button } from "@/app/ui/button";
import { Message } from "@/app/ui/display";
import { EmailPreview } from "@/app/ui/email-preview";
import { SelectField, TextArea, TextField } from "@/app/ui/field";
import { FormMessage, useFormAction } from "@/app/ui/use-form-action";
import { type ComposeState, compose } from "./actions";

interface Props {
  draftKey: string;
  /** The fields of a text, such as `{name}`. */
  fields: readonly string[];
  /** The store's time zone. */
  zone: string;
}

/** A form that previews a broadcast, sends it as a test, and sends or schedules it after a confirmation. */
export function ComposeForm({ draftKey, fields, zone }: Props) {
  const { state, pending, form, field } = useFormAction<ComposeState>(compose, {});
  const { confirming, notice, preview } = state;
  const intent = (label: string, value: string, kind?: "quiet") => (
    <Button busy={pending} key={`${label}-${value}`} kind={kind} name="intent" type="submit" value={value}>
      {label}
    </Button>
  );
  const later = Boolean(state.values?.scheduledAt);
  return (
    <form {...form} className="grid gap-4">
      <input name="key" type="hidden" value={draftKey} />
      {confirming ? <input name="confirmed" type="hidden" value={confirming} /> : null}
      <FormMessage {...state} />
      <TextField
        hint={`Fields: ${fields.join(" and ")}. {name|there} is “there” for readers without a name.`}
        label="Title"
        maxLength={200}
        {...field("title")}
      />
      <TextArea
        hint="Separate paragraphs with an empty line. It can have the same fields."
        label="Message"
        maxLength={20_000}
        {...field("message")}
      />
      <div className="grid gap-4 *:min-w-0 sm:grid-cols-2">
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
        <TextField
          hint={`Empty: now. Time zone: ${zone}`}
          label="Start"
          type="datetime-local"
          {...field("scheduledAt")}
        />
      </div>
      {notice ? <Message data-form-message tabIndex={-1} title={notice} tone="good" /> : null}
      <Reach {...state} />
      {preview ? <Preview {...preview} /> : null}
      <div className="flex flex-wrap gap-3">
        {confirming
          ? intent(later ? "Yes, schedule it" : "Yes, send now", "send")
          : intent(later ? "Schedule" : "Send", "confirm")}
        {intent("Preview", "preview", "quiet")}
        {intent("Send a test to myself", "test", "quiet")}
      </div>
    </form>
  );
}

/** The number of recipients, and the question before the broadcast is sent. */
function Reach({ recipients, confirming, values }: ComposeState) {
  if (recipients === undefined) return null;
  const people = recipients === 1 ? "1 person" : `${recipients} people`;
  const start = values?.scheduledAt?.replace("T", " ");
  if (!confirming)
    return (
      <Message data-form-message tabIndex={-1} title={`This broadcast reaches ${people}.`}>
        Unsubscribed users are excluded.
      </Message>
    );
  return (
    <Message
      data-form-message
      tabIndex={-1}
      title={start ? `Send to ${people} at ${start}?` : `Send to ${people}?`}
      tone="warn"
    >
      {start ? "You can cancel it until it starts. " : "Sent emails cannot be recalled. "}Unsubscribed users are
      excluded.
    </Message>
  );
}

function Preview({ subject, html, text }: { subject: string; html: string; text: string }) {
  return (
    <section aria-label="Preview" className="grid gap-3 rounded-xl border border-line p-4 *:min-w-0">
      <p className="text-muted text-sm">As you would get it, with your name in the fields.</p>
      <p className="font-semibold wrap-anywhere">{subject}</p>
      <EmailPreview html={html} subject={subject} />
      <details>
        <summary className="inline-flex min-h-11 items-center text-accent underline">Show as text</summary>
        <p className="whitespace-pre-wrap wrap-anywhere">{text}</p>
      </details>
    </section>
  );
}
