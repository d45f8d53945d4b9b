import type { Role } from "@/prisma/generated/enums";
import { now } from "../clock";
import { Prisma, type Tx, transaction } from "../db";
import { conflict } from "../errors";
import { EVENTS } from "../events";
import { type Publish, withOutbox } from "../outbox";
import { lastAdmin, lockAdmins } from "./change-role";

/** Tables of a user's own data, which go with the account. Orders, payments and expenses stay for the books. */
const OWN_DATA = [
  "sessions",
  "accounts",
  "profiles",
  "onboarding_progress",
  "user_activity",
  "digests",
  "push_subscriptions",
  "webhook_endpoints",
  "payout_accounts",
  "customer_search",
  "notes",
] as const;

/**
 * Deletes an account: its personal data, its sign-in and whatever it has subscribed to. A subscription ends at once, expenses that
 * wait for a decision are withdrawn, and its orders become those of a guest. The row of the user stays, without a name and with an
 * address that gets no email, because subscriptions, expenses and decisions refer to it. The former address can sign up again.
 *
 * @throws AppError as `checkDeletion` does
 */
export async function eraseAccount({ id, email }: { id: string; email: string }): Promise<void> {
  const at = now();
  const address = `${id.toLowerCase()}@deleted.invalid`;
  await withOutbox(async (tx, publish) => {
    if (!(await lockUndeleted(tx, id))) return;
    await endExpenses(tx, publish, id, at);
    // Afterwards: an expense that is not withdrawn, because it was approved at the same moment, is counted.
    await checkExpenses(tx, id);
    await endSubscriptions(tx, publish, id, at);
    await tx.user.update({
      where: { id },
      data: {
        ...{ email: address, name: "Deleted account", image: null, externalId: null, role: "customer" },
        ...{ emailVerified: false, deletedAt: at, updatedAt: at },
      },
    });
    await tx.emailSuppression.create({ data: { address, reason: "manual", detail: "The account was deleted.", at } });
    await tx.email.updateMany({
      where: { recipient: email, status: "queued", category: { not: "transactional" } },
      data: { status: "suppressed" },
    });
    await tx.order.updateMany({ where: { userId: id }, data: { userId: null } });
    await tx.verification.deleteMany({ where: { value: id } });
    await tx.apiKey.deleteMany({ where: { referenceId: id } });
    for (const table of OWN_DATA) await tx.$executeRaw`DELETE FROM ${Prisma.raw(table)} WHERE user_id = ${id}`;
  });
}

/**
 * Checks that an account can be deleted at present.
 * @throws AppError `account_in_use` (409) while an approved expense is not paid; `last_admin` (409) for the only administrator
 */
export async function checkDeletion(id: string): Promise<void> {
  await transaction(async (tx) => {
    if (await lockUndeleted(tx, id)) await checkExpenses(tx, id);
  });
}

/**
 * Locks a user in the order of `changeRole`. Returns false if the account is deleted already.
 * @throws AppError `last_admin` (409)
 */
async function lockUndeleted(tx: Tx, id: string): Promise<boolean> {
  const before = await tx.user.findUnique({ where: { id }, select: { role: true } });
  const admins = before?.role === "admin" ? await lockAdmins(tx) : [];
  const [user] = await tx.$queryRaw<{ role: Role }[]>`
    SELECT role FROM users WHERE id = ${id} AND deleted_at IS NULL FOR UPDATE`;
  if (!user) return false;
  if (user.role === "admin" && !admins.some((admin) => admin !== id)) throw lastAdmin();
  return true;
}

/** @throws AppError `account_in_use` (409) while an approved expense is not paid */
async function checkExpenses(tx: Tx, submitterId: string): Promise<void> {
  if ((await tx.expense.count({ where: { submitterId, status: "approved" } })) > 0)
    throw conflict("account_in_use", "An expense is approved and not paid yet. Delete the account when it is paid.");
}

async function endExpenses(tx: Tx, publish: Publish, submitterId: string, at: Date): Promise<void> {
  const withdrawn = await tx.expense.updateManyAndReturn({
    where: { submitterId, status: "pending" },
    data: { status: "withdrawn", updatedAt: at },
    select: { id: true },
  });
  publish(
    ...withdrawn.map(({ id: expenseId }) => ({
      name: EVENTS.EXPENSE_CLOSED,
      id: `expense-closed:${expenseId}`,
      data: { expenseId },
    })),
  );
}

/** At once and whatever is paid, unlike the cancellation of a subscription. The function `end-subscription` does the rest. */
async function endSubscriptions(tx: Tx, publish: Publish, userId: string, at: Date): Promise<void> {
  // A sweep deletes the customer at Stripe when its last payment is closed.
  await tx.billingCustomer.updateMany({ where: { userId }, data: { endedAt: at } });
  const live = await tx.$queryRaw<{ id: string; nextPeriod: number }[]>`
    SELECT id, next_period AS "nextPeriod" FROM subscriptions WHERE user_id = ${userId} AND status <> 'cancelled' FOR UPDATE`;
  for (const { id, nextPeriod } of live) {
    await tx.subscriptionCharge.updateMany({
      where: { subscriptionId: id, status: "open" },
      data: { status: "failed", failureCode: "account_deleted", updatedAt: at },
    });
    await tx.subscription.update({
      where: { id },
      data: { status: "cancelled", cancelledAt: at, endReason: "account_deleted", updatedAt: at },
    });
    publish({
      name: EVENTS.SUBSCRIPTION_CANCELLED,
      id: `subscription-cancelled:${id}:${nextPeriod}:deleted`,
      data: { subscriptionId: id },
    });
  }
}
