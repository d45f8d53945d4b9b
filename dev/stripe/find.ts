import type { Account } from "./account";
import { missing } from "./errors";
import type { ChargeRecord, CustomerRecord, PaymentIntentRecord, RefundRecord, TransferRecord } from "./records";

/** The customer of this id; 404 for an id in the path, 400 for one in `param`. */
export function requireCustomer(account: Account, id: string, param?: string): CustomerRecord {
  const found = account.customers.get(id);
  if (!found) throw missing("customer", id, param);
  return found;
}

export function requireIntent(account: Account, id: string, param = "intent"): PaymentIntentRecord {
  const found = account.paymentIntents.get(id);
  if (!found) throw missing("payment_intent", id, param);
  return found;
}

export function requireCharge(account: Account, id: string, param?: string): ChargeRecord {
  const found = account.charges.get(id);
  if (!found) throw missing("charge", id, param);
  return found;
}

export function requireRefund(account: Account, id: string): RefundRecord {
  const found = account.refunds.get(id);
  if (!found) throw missing("refund", id);
  return found;
}

export function requireTransfer(account: Account, id: string): TransferRecord {
  const found = account.transfers.get(id);
  if (!found) throw missing("transfer", id);
  return found;
}
