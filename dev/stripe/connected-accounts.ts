import { missing, refused } from "./errors";

/**
 * The connected accounts that money can be transferred to: the shop's for expenses, one of a person, and one that is not let to yet.
 * Stripe has no such names in test mode; there one makes accounts of one's own ("Separate charges and transfers").
 */
const CONNECTED = new Map([
  ["acct_steadfastexpenses", { transfers: true }],
  ["acct_steadfastperson", { transfers: true }],
  ["acct_steadfastrestricted", { transfers: false }],
]);

/** Refuses a destination that is not connected, or lacks the capability `transfers`. */
export function requireDestination(id: string): void {
  const found = CONNECTED.get(id);
  if (!found) throw missing("destination", id, "destination");
  if (found.transfers) return;
  throw refused(
    "Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments",
    "insufficient_capabilities_for_transfer",
  );
}
