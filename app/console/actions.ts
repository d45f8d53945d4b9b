"use server";

import { redirect } from "next/navigation";
import { checked, idOf, saved, text, withOperator } from "@/app/form-action";
import { resolveAlert } from "@/lib/alerts";
import { checkInvariantsNow } from "@/lib/console/invariants";
import { resolutionSchema, resolveTask } from "@/lib/console/manual-tasks";
import { decideExpense } from "@/lib/expenses/change-expense";
import { decisionFormSchema } from "@/lib/expenses/request";
import { endExperiment, endExperimentSchema } from "@/lib/experiments/experiments";
import { applyDryRun, createImport, importSchema } from "@/lib/imports/create-import";
import { createJob } from "@/lib/jobs/jobs";
import { payoutAccountSchema, setPayoutAccount } from "@/lib/payouts/payout-account";

/** Checks the invariants now, before the next scheduled check. */
export const checkNow = withOperator(async () => {
  await checkInvariantsNow();
  return saved("/console", "Checked.");
});

/** The alert is raised again if its incident happens again. */
export const closeAlert = withOperator(async (form) => {
  await resolveAlert(idOf(form));
  return saved("/console", "Resolved.");
});

export const reviewExpense = withOperator(async (form, { id: managerId }) => {
  const { decision, note } = checked(decisionFormSchema, { decision: form.get("decision"), note: text(form, "note") });
  const approve = decision === "approve";
  await decideExpense({ expenseId: idOf(form), approve, note, managerId, via: "api" });
  return saved("/console/approvals", approve ? "Approved." : "Rejected.");
});

export const savePayoutAccount = withOperator(async (form, { id: adminId }) => {
  const request = checked(payoutAccountSchema, { account: text(form, "account") ?? null });
  const { account } = await setPayoutAccount(idOf(form), request, adminId);
  return saved(
    `/console/customers/${idOf(form)}`,
    account ? `Expenses are now paid to ${account}.` : "Expenses are now paid to the shop's expense account.",
  );
}, "admin");

export const chooseWinner = withOperator(async (form, { id: decidedBy }) => {
  const { winner } = checked(endExperimentSchema, { winner: form.get("winner") });
  await endExperiment(idOf(form), winner, decidedBy);
  return saved("/console/experiments", "Ended. All recipients now get the winner.");
});

export const startJob = withOperator(async (_form, { id: createdBy }) => {
  await createJob({ kind: "customer_value" }, createdBy);
  return saved("/console/jobs", "Started.");
});

export const startImport = withOperator(async (form, { id: createdBy }) => {
  const { id } = await createImport(
    checked(importSchema, { url: form.get("url"), type: form.get("type"), dryRun: form.get("dryRun") === "true" }),
    createdBy,
  );
  redirect(`/console/imports/${id}`);
});

export const importDryRun = withOperator(async (form, { id: createdBy }) => {
  const { id } = await applyDryRun(idOf(form), createdBy);
  redirect(`/console/imports/${id}`);
});

export const resolveManualTask = withOperator(async (form, { id: resolvedBy }) => {
  const resolution = checked(resolutionSchema, { action: form.get("action"), note: text(form, "note") });
  await resolveTask(idOf(form), resolution, resolvedBy);
  return saved("/console/manual-queue", resolution.action === "resume" ? "Resumed." : "Dismissed.");
});
