"use server";

import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { addressOf, amountOf, checked, idOf, number, saved, shownOf, text, withOperator } from "@/app/form-action";
import { invalid } from "@/lib/errors";
import { addNote, noteSchema } from "@/lib/notes";
import { cancelOrder } from "@/lib/orders/change-order";
import { correctionSchema, correctOrder } from "@/lib/orders/correct-order";
import { setTags, tagsSchema } from "@/lib/orders/order-tags";
import { refundAndRestock, refundAndRestockSchema } from "@/lib/orders/refund-and-restock";
import { decideReview, reviewDecisionSchema } from "@/lib/orders/review";
import { resendConfirmation } from "@/lib/orders/send-order-email";
import { deliverOrder, shipOrder, shipSchema } from "@/lib/shipping/ship-order";

const orderSaved = (form: FormData, message: string) => saved(`/console/orders/${idOf(form)}`, message);

export const ship = withOperator(async (form, { id: by }) => {
  const items = quantitiesOf(form);
  if (items?.length === 0) throw invalid("Choose at least one item to ship.");
  const request = { carrier: form.get("carrier"), trackingNumber: form.get("trackingNumber"), items };
  const shipment = checked(shipSchema, request);
  await shipOrder(idOf(form), shipment, { by, key: text(form, "key") });
  return orderSaved(form, "Shipped. The customer is notified.");
});

export const deliver = withOperator(async (form) => {
  await deliverOrder(idOf(form));
  return orderSaved(form, "Delivered.");
});

export const refund = withOperator(async (form, { id: by }) => {
  const items = quantitiesOf(form);
  const request = checked(refundAndRestockSchema, {
    ...amountOf(form),
    // Without chosen items, the amount decides which ones it pays back.
    ...(items?.length && { items }),
    // It is about the chosen items.
    restock: form.get("restock") === "on" && (items?.length ?? 0) > 0,
    reason: form.get("reason"),
  });
  await refundAndRestock(idOf(form), request, { by, key: text(form, "key") ?? "" });
  return orderSaved(form, request.restock ? "Refund requested. The items are back in stock." : "Refund requested.");
});

/** Returns the items of a form whose quantity is not 0, or undefined for a form without quantities. */
function quantitiesOf(form: FormData): { productId: string; quantity: number }[] | undefined {
  const names = [...form.keys()].filter((name) => name.startsWith("quantity:"));
  if (names.length === 0) return undefined;
  return names
    .map((name) => ({ productId: name.slice("quantity:".length), quantity: number(form, name) ?? 0 }))
    .filter(({ quantity }) => quantity !== 0);
}

const shownSchema = z.record(z.string(), z.unknown());

/** Corrects what differs from what the form has shown. An address stays as it is if only the email is corrected. */
export const correct = withOperator(async (form) => {
  const shown = shownOf(form, shownSchema) ?? {};
  const typed = { email: text(form, "email"), phone: text(form, "phone"), shippingAddress: addressOf(form) };
  const edited = Object.entries(typed).filter(([name, value]) => value && !isDeepStrictEqual(value, shown[name]));
  await correctOrder(idOf(form), checked(correctionSchema, Object.fromEntries(edited)));
  return orderSaved(form, "Corrected. The customer is notified.");
});

export const note = withOperator(async (form, author) => {
  await addNote({ orderId: idOf(form) }, checked(noteSchema, { text: form.get("text") }), author);
  return orderSaved(form, "Note added.");
});

export const tag = withOperator(async (form) => {
  const tags = (text(form, "tags") ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  await setTags(idOf(form), checked(tagsSchema, { tags }));
  return orderSaved(form, "Tags saved.");
});

export const resend = withOperator(async (form) => {
  const { to } = await resendConfirmation(idOf(form), text(form, "key") ?? "");
  return orderSaved(form, `The confirmation is on its way to ${to}.`);
});

export const cancel = withOperator(async (form) => {
  await cancelOrder(idOf(form), "operator");
  return orderSaved(form, "Cancelled.");
});

export const review = withOperator(async (form, { id: managerId }) => {
  const decision = checked(reviewDecisionSchema, { decision: form.get("decision"), note: text(form, "note") });
  await decideReview(idOf(form), decision, managerId);
  return orderSaved(form, decision.decision === "release" ? "Released." : "Rejected. The payment is refunded.");
});
