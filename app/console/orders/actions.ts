"use server";

import { amountOf, checked, idOf, saved, text, withOperator } from "@/app/form-action";
import { cancelOrder } from "@/lib/orders/change-order";
import { decideReview, reviewDecisionSchema } from "@/lib/orders/review";
import { refundOrder, refundSchema } from "@/lib/payments/refund-order";
import { deliverOrder, shipOrder, shipSchema } from "@/lib/shipping/ship-order";

const orderSaved = (form: FormData, message: string) => saved(`/console/orders/${idOf(form)}`, message);

export const ship = withOperator(async (form, { id: by }) => {
  const shipment = checked(shipSchema, { carrier: form.get("carrier"), trackingNumber: form.get("trackingNumber") });
  await shipOrder(idOf(form), shipment, { by, key: text(form, "key") });
  return orderSaved(form, "Shipped. The customer is notified.");
});

export const deliver = withOperator(async (form) => {
  await deliverOrder(idOf(form));
  return orderSaved(form, "Delivered.");
});

export const refund = withOperator(async (form, { id: by }) => {
  const request = checked(refundSchema, { ...amountOf(form), reason: form.get("reason") });
  await refundOrder(idOf(form), request, { by, key: text(form, "key") ?? "" });
  return orderSaved(form, "Refund requested.");
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
