"use server";

import { redirect } from "next/navigation";
import { checked, idOf, number, saved, text, withOperator } from "@/app/form-action";
import type { FormState } from "@/app/ui/form-state";
import {
  broadcastSchema,
  createBroadcast,
  previewBroadcast,
  sendBroadcastTest,
  stopBroadcast,
} from "@/lib/broadcasts/broadcasts";
import { storeEnv } from "@/lib/env";
import { invalid } from "@/lib/errors";
import { fingerprint } from "@/lib/ids";
import { instantOf } from "@/lib/zoned-time";

/** Returns the segment in the form of the API: only the fields that belong to its type. */
function segmentOf(form: FormData): Record<string, unknown> {
  const type = text(form, "segment") ?? "all";
  const [days, minOrders] = [number(form, "days"), number(form, "minOrders")];
  if (type === "buyers") return { type, ...(days && { days }), ...(minOrders && { minOrders }) };
  if (type === "active" || type === "inactive") return { type, days: days ?? 30 };
  return type === "all" ? { type } : { type: "role", role: type };
}

/** Returns the time of the field `scheduledAt`, which is in the store's time zone, or undefined if it is empty. */
function startOf(form: FormData): string | undefined {
  const typed = text(form, "scheduledAt");
  if (typed === undefined) return undefined;
  const zone = storeEnv().STORE_TIME_ZONE;
  const start = instantOf(zone, typed.slice(0, 16));
  if (start) return start.toISOString();
  const message = `is not a time in ${zone}`;
  throw invalid("Please check the marked fields.", [{ path: "scheduledAt", message }]);
}

export interface ComposeState extends FormState {
  /** The number of recipients, if it is known. */
  recipients?: number;
  /** The email as its author would get it. */
  preview?: { subject: string; html: string; text: string };
  /** What was done, while the form stays as it is. */
  notice?: string;
  /** If the input is valid and the form asks for a confirmation: the fingerprint of what is confirmed. */
  confirming?: string;
}

/**
 * Shows a preview, sends a test to the operator, asks for a confirmation, or sends. The `intent` of the clicked button decides.
 * A test keeps the form as it is, so its message is not that of a success.
 */
export const compose = withOperator<ComposeState>(async (form, operator) => {
  const intent = form.get("intent");
  const content = { title: form.get("title"), message: form.get("message"), segment: segmentOf(form) };
  const { scheduledAt, ...draft } = checked(broadcastSchema, { ...content, scheduledAt: startOf(form) });
  if (intent === "test") {
    const { to } = await sendBroadcastTest({ title: draft.title, message: draft.message }, operator);
    return { notice: `A test is on its way to ${to}.` };
  }
  const { recipients, email } = await previewBroadcast(draft, operator);
  if (intent === "preview") return { recipients, preview: email ?? undefined };
  // What was changed after the question is not what was confirmed.
  const confirming = fingerprint({ ...draft, scheduledAt });
  if (intent !== "send" || form.get("confirmed") !== confirming) return { recipients, confirming };
  const created = await createBroadcast({ ...draft, scheduledAt }, operator.id, text(form, "key"));
  redirect(`/console/broadcasts/${created.id}`);
});

export const stop = withOperator(async (form) => {
  await stopBroadcast(idOf(form));
  return saved("/console/broadcasts", "Stopped. Pending emails will not be sent.");
});
