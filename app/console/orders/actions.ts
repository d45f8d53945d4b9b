"use server";

import { revalidatePath } from "next/cache";
import { act, amount, checked, text } from "@/app/console/with-operator";
import type { FormState } from "@/app/ui/action-form";
import { cancelOrder } from "@/lib/orders/cancel-order";
import { refundOrder, refundSchema } from "@/lib/payments/refund-order";
import { decideReview, reviewDecisionSchema } from "@/lib/review/decide-review";
import { deliverOrder } from "@/lib/shipping/deliver-order";
import { shipSchema } from "@/lib/shipping/request";
import { shipOrder } from "@/lib/shipping/ship-order";

const idOf = (form: FormData) => text(form, "id") ?? "";

function done(form: FormData, message: string): FormState {
  revalidatePath(`/console/orders/${idOf(form)}`);
  return { good: true, message };
}

export async function ship(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: by }) => {
    const parcel = checked(shipSchema, { carrier: form.get("carrier"), trackingNumber: form.get("trackingNumber") });
    await shipOrder(idOf(form), parcel, { by, key: text(form, "key") });
    return done(form, "Shipped. The customer is notified.");
  });
}

export async function deliver(_before: FormState, form: FormData): Promise<FormState> {
  return act(async () => {
    await deliverOrder(idOf(form));
    return done(form, "Delivered.");
  });
}

export async function refund(_before: FormState, form: FormData): Promise<FormState> {
  return act(async () => {
    const currency = text(form, "currency") ?? "";
    const request = checked(refundSchema, { amount: amount(form, currency), currency, reason: form.get("reason") });
    await refundOrder(idOf(form), request, text(form, "key") ?? "");
    return done(form, "Refund requested.");
  });
}

export async function cancel(_before: FormState, form: FormData): Promise<FormState> {
  return act(async () => {
    await cancelOrder(idOf(form), "operator");
    return done(form, "Cancelled.");
  });
}

export async function review(_before: FormState, form: FormData): Promise<FormState> {
  return act(async ({ id: managerId }) => {
    const decision = checked(reviewDecisionSchema, { decision: form.get("decision"), note: text(form, "note") });
    await decideReview(idOf(form), decision, managerId);
    return done(form, decision.decision === "release" ? "Released." : "Rejected. The payment is refunded.");
  });
}
