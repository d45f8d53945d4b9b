import { z } from "zod";
import type { Account } from "./account";
import { listCharges, updateCharge } from "./charges";
import { createCustomer, listCustomers, updateCustomer } from "./customers";
import { StripeError } from "./errors";
import { listEvents, retrieveEvent } from "./events";
import { requireCharge, requireCustomer, requireIntent, requireRefund, requireTransfer } from "./find";
import type { FormValue } from "./form";
import { expand, parse, text } from "./params";
import { cancel, capture, confirm, listIntents, update } from "./payment-intents/change";
import { createIntent } from "./payment-intents/create";
import { attachPaymentMethod, detachPaymentMethod, listPaymentMethods, retrievePaymentMethod } from "./payment-methods";
import { createRefund, listRefunds, updateRefund } from "./refunds";
import { searchCharges, searchCustomers, searchIntents } from "./search";
import { createTransfer, listReversals, listTransfers, reverseTransfer, updateTransfer } from "./transfers";

/** What an endpoint is given. */
export interface Call {
  account: Account;
  /** The id in the path. */
  id: string;
  url: string;
  form: { [key: string]: FormValue };
  searchLagMs: number;
  undelivered(): Set<string>;
}

type Endpoint = (call: Call) => object;

const retrieveParams = z.strictObject({ expand: expand() });
const intentRetrieveParams = z.strictObject({ client_secret: text().optional(), expand: expand() });

/** A retrieve call takes nothing but `expand`. */
const retrieve =
  (find: (account: Account, id: string) => object): Endpoint =>
  ({ account, id, form }) => {
    parse(retrieveParams, form);
    return find(account, id);
  };

/** The endpoints in the order in which they are tried; `:id` stands for one id. */
const ENDPOINTS: [method: string, path: string, endpoint: Endpoint][] = [
  ["POST", "/v1/customers", ({ account, form }) => createCustomer(account, form)],
  ["GET", "/v1/customers", ({ account, url, form }) => listCustomers(account, url, form)],
  ["GET", "/v1/customers/search", (call) => searchCustomers(call.account, call.url, call.form, call.searchLagMs)],
  ["GET", "/v1/customers/:id", retrieve(requireCustomer)],
  ["POST", "/v1/customers/:id", ({ account, id, form }) => updateCustomer(account, id, form)],
  [
    "GET",
    "/v1/customers/:id/payment_methods",
    ({ account, id, url, form }) => listPaymentMethods(account, url, form, id),
  ],
  ["GET", "/v1/payment_methods", ({ account, url, form }) => listPaymentMethods(account, url, form)],
  ["GET", "/v1/payment_methods/:id", retrieve(retrievePaymentMethod)],
  ["POST", "/v1/payment_methods/:id/attach", ({ account, id, form }) => attachPaymentMethod(account, id, form)],
  ["POST", "/v1/payment_methods/:id/detach", ({ account, id, form }) => detachPaymentMethod(account, id, form)],
  ["POST", "/v1/payment_intents", ({ account, form }) => createIntent(account, form)],
  ["GET", "/v1/payment_intents", ({ account, url, form }) => listIntents(account, url, form)],
  ["GET", "/v1/payment_intents/search", (call) => searchIntents(call.account, call.url, call.form, call.searchLagMs)],
  [
    "GET",
    "/v1/payment_intents/:id",
    ({ account, id, form }) => {
      parse(intentRetrieveParams, form);
      return requireIntent(account, id);
    },
  ],
  ["POST", "/v1/payment_intents/:id", ({ account, id, form }) => update(account, id, form)],
  ["POST", "/v1/payment_intents/:id/confirm", ({ account, id, form }) => confirm(account, id, form)],
  ["POST", "/v1/payment_intents/:id/cancel", ({ account, id, form }) => cancel(account, id, form)],
  ["POST", "/v1/payment_intents/:id/capture", ({ account, id, form }) => capture(account, id, form)],
  ["GET", "/v1/charges", ({ account, url, form }) => listCharges(account, url, form)],
  ["GET", "/v1/charges/search", (call) => searchCharges(call.account, call.url, call.form, call.searchLagMs)],
  ["GET", "/v1/charges/:id", retrieve(requireCharge)],
  ["POST", "/v1/charges/:id", ({ account, id, form }) => updateCharge(account, id, form)],
  ["POST", "/v1/refunds", ({ account, form }) => createRefund(account, form)],
  ["GET", "/v1/refunds", ({ account, url, form }) => listRefunds(account, url, form)],
  ["GET", "/v1/refunds/:id", retrieve(requireRefund)],
  ["POST", "/v1/refunds/:id", ({ account, id, form }) => updateRefund(account, id, form)],
  ["POST", "/v1/transfers", ({ account, form }) => createTransfer(account, form)],
  ["GET", "/v1/transfers", ({ account, url, form }) => listTransfers(account, url, form)],
  ["GET", "/v1/transfers/:id", retrieve(requireTransfer)],
  ["POST", "/v1/transfers/:id", ({ account, id, form }) => updateTransfer(account, id, form)],
  ["POST", "/v1/transfers/:id/reversals", ({ account, id, form }) => reverseTransfer(account, id, form)],
  ["GET", "/v1/transfers/:id/reversals", ({ account, id, url, form }) => listReversals(account, id, url, form)],
  ["GET", "/v1/events", (call) => listEvents(call.account, call.url, call.form, call.undelivered())],
  [
    "GET",
    "/v1/events/:id",
    ({ account, id, form, undelivered }) => {
      parse(retrieveParams, form);
      return retrieveEvent(account, id, undelivered());
    },
  ],
];

const COMPILED = ENDPOINTS.map(([method, path, endpoint]) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll(":id", "([^/]+)")}$`),
  endpoint,
}));

/** The endpoint for a call with the ids of its path; throws Stripe's 404 for what is not there. */
export function route(method: string, path: string): { endpoint: Endpoint; id: string } {
  for (const { method: wanted, pattern, endpoint } of COMPILED) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return { endpoint, id: decodeURIComponent(match[1] ?? "") };
  }
  const message = `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`;
  throw new StripeError(404, { type: "invalid_request_error", message }, false);
}
