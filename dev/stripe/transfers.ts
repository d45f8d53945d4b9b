import { z } from "zod";
import { type Account, newId } from "./account";
import { requireDestination } from "./connected-accounts";
import { checkCurrency, formatAmount } from "./currencies";
import { refused } from "./errors";
import { mergeMetadata } from "./fields";
import { requireTransfer } from "./find";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { expand, integer, metadata, parse, text, unsettable, unsupported } from "./params";
import type { TransferRecord, TransferReversalRecord } from "./records";

type Form = { [key: string]: FormValue };

const createParams = z.strictObject({
  amount: integer(1),
  currency: text(),
  destination: text(),
  description: unsettable().optional(),
  metadata: metadata().optional(),
  transfer_group: text().optional(),
  expand: expand(),
  source_transaction: unsupported(),
  source_type: unsupported(),
});
const updateParams = z.strictObject({
  description: unsettable().optional(),
  metadata: metadata().optional(),
  expand: expand(),
});
const reversalParams = z.strictObject({
  amount: integer(1).optional(),
  description: unsettable().optional(),
  metadata: metadata().optional(),
  expand: expand(),
  refund_application_fee: unsupported(),
});
const transferListParams = listParams({ destination: text().optional(), transfer_group: text().optional() });
const reversalListParams = listParams({});

/** Stripe shows the newest ten with the transfer itself ("The Transfer object", `reversals`). */
const SHOWN = 10;

/** `POST /v1/transfers`: money goes from the platform's balance to a connected account, at once. */
export function createTransfer(account: Account, form: Form): TransferRecord {
  const params = parse(createParams, form);
  const currency = checkCurrency(params.currency);
  requireDestination(params.destination);
  const id = newId("tr");
  const transfer = account.transfers.put({
    id,
    object: "transfer",
    amount: params.amount,
    amount_reversed: 0,
    balance_transaction: null,
    created: account.now(),
    currency,
    description: params.description ?? null,
    destination: params.destination,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    reversals: { object: "list", data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: null,
    source_type: "card",
    transfer_group: params.transfer_group ?? null,
  });
  account.emit("transfer.created", transfer);
  return transfer;
}

export function updateTransfer(account: Account, id: string, form: Form): TransferRecord {
  const params = parse(updateParams, form);
  const transfer = requireTransfer(account, id);
  const updated = account.transfers.put({
    ...transfer,
    description: params.description === undefined ? transfer.description : params.description,
    metadata: mergeMetadata(transfer.metadata, params.metadata),
  });
  account.emit("transfer.updated", updated);
  return updated;
}

/** `POST /v1/transfers/:id/reversals`: all that is left of it, or a part, comes back. */
export function reverseTransfer(account: Account, id: string, form: Form): TransferReversalRecord {
  const params = parse(reversalParams, form);
  const transfer = requireTransfer(account, id);
  const left = transfer.amount - transfer.amount_reversed;
  const amount = params.amount ?? left;
  if (left === 0) throw refused(`Transfer ${id} is already fully reversed.`);
  if (amount > left) {
    throw refused(
      `Transfer reversal amount (${formatAmount(amount, transfer.currency)}) is greater than the unreversed amount of the transfer (${formatAmount(left, transfer.currency)}).`,
      undefined,
      { param: "amount" },
    );
  }
  const reversal = account.transferReversals.put({
    id: newId("trr"),
    object: "transfer_reversal",
    amount,
    balance_transaction: null,
    created: account.now(),
    currency: transfer.currency,
    destination_payment_refund: null,
    metadata: mergeMetadata({}, params.metadata),
    source_refund: null,
    transfer: id,
  });
  const { reversals } = transfer;
  const after = account.transfers.put({
    ...transfer,
    amount_reversed: transfer.amount_reversed + amount,
    reversed: amount === left,
    reversals: {
      ...reversals,
      data: [reversal, ...reversals.data].slice(0, SHOWN),
      has_more: reversals.has_more || reversals.data.length === SHOWN,
    },
  });
  account.emit("transfer.reversed", after);
  return reversal;
}

export function listTransfers(account: Account, url: string, form: Form) {
  const params = parse(transferListParams, form);
  return page(account.transfers, url, params, "transfer", (transfer) => {
    return (
      (params.destination === undefined || transfer.destination === params.destination) &&
      (params.transfer_group === undefined || transfer.transfer_group === params.transfer_group)
    );
  });
}

export function listReversals(account: Account, id: string, url: string, form: Form) {
  const params = parse(reversalListParams, form);
  requireTransfer(account, id);
  return page(account.transferReversals, url, params, "transfer_reversal", (reversal) => reversal.transfer === id);
}
