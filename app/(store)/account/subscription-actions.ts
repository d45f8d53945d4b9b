"use server";

import { revalidatePath } from "next/cache";
import { requireViewer } from "@/app/session";
import type { FormState } from "@/app/ui/action-form";
import type { Viewer } from "@/lib/auth/viewer";
import { cancelSubscription } from "@/lib/billing/cancel-subscription";
import { changeCard } from "@/lib/billing/change-card";
import { changeCardSchema, subscribeSchema } from "@/lib/billing/request";
import { subscribe } from "@/lib/billing/subscribe";
import { AppError } from "@/lib/errors";

const REFUSED = "Please choose a plan and a card.";

export async function startSubscription(_before: FormState, form: FormData): Promise<FormState> {
  const parsed = subscribeSchema.safeParse({ planId: form.get("planId"), paymentMethod: form.get("paymentMethod") });
  if (!parsed.success) return { message: REFUSED };
  return change("You are subscribed. We are charging your card.", ({ id }) => subscribe(id, parsed.data));
}

export async function chargeAnotherCard(_before: FormState, form: FormData): Promise<FormState> {
  const parsed = changeCardSchema.safeParse({ paymentMethod: form.get("paymentMethod") });
  if (!parsed.success) return { message: REFUSED };
  return change("Card saved. The next charge uses this card.", ({ id }) => changeCard(id, parsed.data.paymentMethod));
}

export async function endSubscription(): Promise<FormState> {
  return change("Cancelled. The subscription stays active until the end of the paid period.", ({ id }) => cancelSubscription(id));
}

async function change(done: string, work: (user: Viewer) => Promise<unknown>): Promise<FormState> {
  const user = await requireViewer();
  try {
    await work(user);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { message: error.message };
  }
  revalidatePath("/account");
  return { good: true, message: done };
}
