import { matchPath, pathPattern } from "../shared/http";
import type { Records } from "../shared/store";
import { type Account, type Endpoint, find } from "./account";
import { createCustomer, deleteCustomer } from "./customers";
import { closeDispute, updateDispute } from "./disputes";
import { StripeError } from "./errors";
import { listEvents, retrieveEvent } from "./events";
import { listOf } from "./listing";
import { params, parse, text } from "./params";
import { cancelIntent, confirmEndpoint, createIntent } from "./payment-intents/endpoints";
import { attachPaymentMethod, listCustomerMethods } from "./payment-methods";
import { createRefund } from "./refunds";
import { createTransfer, reverseTransfer } from "./transfers";

const retrieveParams = params({ client_secret: text().optional() });

const retrieve =
  <T extends { id: string }>(what: string, select: (account: Account) => Records<T>, param?: string): Endpoint =>
  ({ account, id, form }) => {
    parse(retrieveParams, form);
    return find(select(account), what, id, param);
  };

const customers = (account: Account) => account.customers;
const intents = (account: Account) => account.paymentIntents;
const charges = (account: Account) => account.charges;
const disputes = (account: Account) => account.disputes;
const refunds = (account: Account) => account.refunds;
const transfers = (account: Account) => account.transfers;

/** The endpoints in the order of matching. `:id` matches one id. */
const ENDPOINTS: [method: string, path: string, endpoint: Endpoint][] = [
  ["POST", "/v1/customers", createCustomer],
  ["GET", "/v1/customers", listOf("customer", customers, ["email"], ["test_clock"])],
  ["GET", "/v1/customers/:id", retrieve("customer", customers)],
  ["DELETE", "/v1/customers/:id", deleteCustomer],
  ["GET", "/v1/customers/:id/payment_methods", listCustomerMethods],
  ["POST", "/v1/payment_methods/:id/attach", attachPaymentMethod],
  ["POST", "/v1/payment_intents", createIntent],
  ["GET", "/v1/payment_intents", listOf("payment_intent", intents, ["customer"], ["customer_account"])],
  ["GET", "/v1/payment_intents/:id", retrieve("payment_intent", intents, "intent")],
  ["POST", "/v1/payment_intents/:id/confirm", confirmEndpoint],
  ["POST", "/v1/payment_intents/:id/cancel", cancelIntent],
  ["GET", "/v1/charges", listOf("charge", charges, ["customer", "payment_intent"], ["transfer_group"])],
  ["GET", "/v1/charges/:id", retrieve("charge", charges)],
  ["POST", "/v1/refunds", createRefund],
  ["GET", "/v1/refunds", listOf("refund", refunds, ["charge", "payment_intent"])],
  ["GET", "/v1/refunds/:id", retrieve("refund", refunds)],
  ["GET", "/v1/disputes", listOf("dispute", disputes, ["charge", "payment_intent"])],
  ["GET", "/v1/disputes/:id", retrieve("dispute", disputes)],
  ["POST", "/v1/disputes/:id", updateDispute],
  ["POST", "/v1/disputes/:id/close", closeDispute],
  ["POST", "/v1/transfers", createTransfer],
  ["GET", "/v1/transfers", listOf("transfer", transfers, ["destination", "transfer_group"])],
  ["GET", "/v1/transfers/:id", retrieve("transfer", transfers)],
  ["POST", "/v1/transfers/:id/reversals", reverseTransfer],
  ["GET", "/v1/events", listEvents],
  ["GET", "/v1/events/:id", retrieveEvent],
];

const COMPILED = ENDPOINTS.map(([method, path, endpoint]) => ({ method, pattern: pathPattern(path), endpoint }));

/** The endpoint of a call and the id in its path. Throws Stripe's 404 for an unknown one. */
export function route(method: string, path: string): { endpoint: Endpoint; id: string } {
  for (const one of COMPILED) {
    const match = one.method === method ? matchPath(one.pattern, path) : undefined;
    if (match) return { endpoint: one.endpoint, id: match[0] ?? "" };
  }
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
  throw new StripeError(404, { type: "invalid_request_error", message }, false);
}
