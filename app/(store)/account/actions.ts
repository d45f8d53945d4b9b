"use server";

import { addressOf, amountOf, checked, saved, text, withViewer } from "@/app/form-action";
import { accountChangeSchema, changeAccount } from "@/lib/account/account";
import {
  cancelSubscription,
  changeCard,
  changeCardSchema,
  subscribe,
  subscribeSchema,
} from "@/lib/billing/subscription";
import { OPTIONAL_CATEGORIES } from "@/lib/email/consent";
import { submitExpense } from "@/lib/expenses/change-expense";
import { expenseSchema } from "@/lib/expenses/request";

const PAGE = "/account";

/** Saves the profile. An empty field deletes its value. */
export const saveProfile = withViewer(async (form, user) => {
  const address = addressOf(form);
  const hasAddress = Object.keys(address).some((name) => name !== "country");
  const profile = {
    name: text(form, "name"),
    phone: text(form, "phone") ?? null,
    address: hasAddress ? address : null,
  };
  await changeAccount(user, checked(accountChangeSchema, profile));
  return saved(PAGE, "Saved.");
});

/** Saves the email preferences. A browser does not send a checkbox that is not ticked. */
export const savePreferences = withViewer(async (form, user) => {
  const preferences = Object.fromEntries(
    Object.keys(OPTIONAL_CATEGORIES).map((category) => [category, form.has(category)]),
  );
  await changeAccount(user, checked(accountChangeSchema, { preferences }));
  return saved(PAGE, "Preferences saved.");
});

export const submitExpenseForm = withViewer(async (form, user) => {
  const expense = { ...amountOf(form), description: text(form, "description") ?? "" };
  await submitExpense(user.id, checked(expenseSchema, expense), { key: text(form, "key") });
  return saved(PAGE, "Submitted. We will email you the decision.");
});

export const startSubscription = withViewer(async (form, user) => {
  const request = { planId: form.get("planId"), paymentMethod: form.get("paymentMethod") };
  await subscribe(user.id, checked(subscribeSchema, request));
  return saved(PAGE, "You are subscribed. We are charging your card.");
});

export const saveCard = withViewer(async (form, user) => {
  const { paymentMethod } = checked(changeCardSchema, { paymentMethod: form.get("paymentMethod") });
  await changeCard(user.id, paymentMethod);
  return saved(PAGE, "Card saved. The next charge uses this card.");
});

export const endSubscription = withViewer(async (_form, user) => {
  await cancelSubscription(user.id);
  return saved(PAGE, "Cancelled. The subscription stays active until the end of the paid period.");
});
