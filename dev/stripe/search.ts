import { z } from "zod";
import type { Collection } from "../stand-in/journal";
import type { Account } from "./account";
import { badParameter } from "./errors";
import type { FormValue } from "./form";
import { expand, integer, parse, text } from "./params";
import type { ChargeRecord, CustomerRecord, PaymentIntentRecord } from "./records";
import { compileSearch, type Searchable } from "./search-query";

const searchParams = z.strictObject({
  query: text(),
  limit: integer(1).optional(),
  page: text().optional(),
  expand: expand(),
});

type Form = { [key: string]: FormValue };

const INTENT_FIELDS = ["amount", "created", "currency", "customer", "status"];
const CHARGE_FIELDS = ["amount", "created", "currency", "customer", "status"];
const CUSTOMER_FIELDS = ["created", "email", "name", "phone"];

function search<T extends { id: string; created: number }>(
  account: Account,
  records: Collection<T>,
  url: string,
  form: Form,
  lagMs: number,
  fields: string[],
  see: (record: T) => Searchable,
) {
  const params = parse(searchParams, form);
  const limit = params.limit ?? 10;
  if (limit > 100) {
    throw badParameter("This value must be less than or equal to 100.", "limit", "parameter_invalid_integer");
  }
  const matches = compileSearch(params.query, fields);
  const newest = account.clock.now() - lagMs;
  const visible = (record: T) => lagMs === 0 || record.created * 1000 <= newest;
  const found = [...records.values()].reverse().filter((record) => visible(record) && matches(see(record)));
  const at = params.page === undefined ? 0 : found.findIndex((record) => pageToken(record.id) === params.page);
  if (at < 0) throw badParameter("Invalid page token.", "page");
  const next = found[at + limit];
  return {
    object: "search_result" as const,
    url,
    has_more: next !== undefined,
    next_page: next ? pageToken(next.id) : null,
    data: found.slice(at, at + limit),
  };
}

const pageToken = (id: string) => Buffer.from(id).toString("base64url");

/** `lagMs`: how long a new object stays invisible; Stripe says searches may lag by up to a minute ("Search", data freshness). */
export function searchIntents(account: Account, url: string, form: Form, lagMs: number) {
  return search(account, account.paymentIntents, url, form, lagMs, INTENT_FIELDS, seePayment);
}

export function searchCharges(account: Account, url: string, form: Form, lagMs: number) {
  return search(account, account.charges, url, form, lagMs, CHARGE_FIELDS, seePayment);
}

function seePayment(record: PaymentIntentRecord | ChargeRecord): Searchable {
  const { amount, created, currency, customer, status, metadata } = record;
  return { fields: { amount, created, currency, customer, status }, metadata };
}

export function searchCustomers(account: Account, url: string, form: Form, lagMs: number) {
  return search(account, account.customers, url, form, lagMs, CUSTOMER_FIELDS, (customer: CustomerRecord) => {
    const { created, email, name, phone, metadata } = customer;
    return { fields: { created, email, name: name ?? null, phone: phone ?? null }, metadata };
  });
}
