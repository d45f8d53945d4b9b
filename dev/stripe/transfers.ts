import { type Endpoint, find, newId } from "./account";
import { checkCurrency, formatAmount } from "./currencies";
import { missing, refused } from "./errors";
import { integer, mergeMetadata, metadata, params, parse, text, unsettable } from "./params";

/**
 * The connected accounts: the shop's account for expenses, a person's, and one without the capability `transfers`.
 * Stripe has no such accounts; its users create their own ("Separate charges and transfers").
 */
const CONNECTED = new Map([
  ["acct_steadfastexpenses", { transfers: true }],
  ["acct_steadfastperson", { transfers: true }],
  ["acct_steadfastrestricted", { transfers: false }],
]);

/** Throws when the destination is not connected or lacks the capability `transfers`. */
function checkDestination(id: string): void {
  const found = CONNECTED.get(id);
  if (!found) throw missing("destination", id, "destination");
  if (found.transfers) return;
  throw refused(
    "Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments",
    "insufficient_capabilities_for_transfer",
  );
}

const createParams = params(
  {
    amount: integer(1),
    currency: text(),
    destination: text(),
    description: unsettable().optional(),
    metadata: metadata().optional(),
    transfer_group: text().optional(),
  },
  ["source_transaction", "source_type"],
);
const reversalParams = params(
  { amount: integer(1).optional(), description: unsettable().optional(), metadata: metadata().optional() },
  ["refund_application_fee"],
);

/** `POST /v1/transfers`: moves money from the platform's balance to a connected account, at once. */
export const createTransfer: Endpoint = ({ account, form }) => {
  const given = parse(createParams, form);
  const currency = checkCurrency(given.currency);
  checkDestination(given.destination);
  const id = newId("tr");
  const transfer = account.transfers.save({
    id,
    object: "transfer",
    amount: given.amount,
    amount_reversed: 0,
    balance_transaction: null,
    created: account.now(),
    currency,
    description: given.description ?? null,
    destination: given.destination,
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    reversals: { object: "list", data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: null,
    source_type: "card",
    transfer_group: given.transfer_group ?? null,
  });
  account.emit("transfer.created", transfer);
  return transfer;
};

/** `POST /v1/transfers/:id/reversals`: returns the rest of the transfer, or a part. */
export const reverseTransfer: Endpoint = ({ account, id, form }) => {
  const given = parse(reversalParams, form);
  const transfer = find(account.transfers, "transfer", id);
  const left = transfer.amount - transfer.amount_reversed;
  const amount = given.amount ?? left;
  if (left === 0) throw refused(`Transfer ${id} is already fully reversed.`);
  if (amount > left)
    throw refused(
      `Transfer reversal amount (${formatAmount(amount, transfer.currency)}) is greater than the unreversed amount of the transfer (${formatAmount(left, transfer.currency)}).`,
      undefined,
      { param: "amount" },
    );
  const reversal = account.transferReversals.save({
    id: newId("trr"),
    object: "transfer_reversal",
    amount,
    balance_transaction: null,
    created: account.now(),
    currency: transfer.currency,
    destination_payment_refund: null,
    metadata: mergeMetadata({}, given.metadata),
    source_refund: null,
    transfer: id,
  });
  const amount_reversed = transfer.amount_reversed + amount;
  const after = account.transfers.save({ ...transfer, amount_reversed, reversed: amount === left });
  account.emit("transfer.reversed", after);
  return reversal;
};
