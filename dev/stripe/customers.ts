import { type Endpoint, find, newId } from "./account";
import { badParameter } from "./errors";
import { mergeMetadata, metadata, params, parse, unsettable } from "./params";

const createParams = params(
  {
    description: unsettable().optional(),
    email: unsettable().optional(),
    name: unsettable().optional(),
    phone: unsettable().optional(),
    metadata: metadata().optional(),
  },
  [
    ...["address", "balance", "business_name", "cash_balance", "individual_name", "invoice_prefix", "invoice_settings"],
    ...["next_invoice_sequence", "payment_method", "preferred_locales", "shipping", "source", "tax", "tax_exempt"],
    ...["tax_id_data", "test_clock", "validate"],
  ],
);

export const createCustomer: Endpoint = ({ account, form }) => {
  const given = parse(createParams, form);
  if (given.email && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(given.email))
    throw badParameter(`Invalid email address: ${given.email}`, "email", "email_invalid");
  const customer = account.customers.save({
    id: newId("cus", 14),
    object: "customer",
    balance: 0,
    created: account.now(),
    delinquent: false,
    description: given.description ?? null,
    email: given.email ?? null,
    invoice_prefix: newId("inv", 8).slice(4).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: mergeMetadata({}, given.metadata),
    name: given.name ?? null,
    next_invoice_sequence: 1,
    phone: given.phone ?? null,
    preferred_locales: [],
    tax_exempt: "none",
    // Always null here.
    ...{ address: null, currency: null, customer_account: null, default_source: null, shipping: null },
    ...{ test_clock: null },
  });
  account.emit("customer.created", customer);
  return customer;
};

/** Stripe also answers with the deleted customer when it is retrieved. Here it is missing from then on. */
export const deleteCustomer: Endpoint = ({ account, id }) => {
  const customer = find(account.customers, "customer", id);
  for (const method of account.paymentMethods.values()) {
    if (method.customer !== id) continue;
    account.emit("payment_method.detached", account.paymentMethods.save({ ...method, customer: null }));
    const card = account.cards.get(method.id);
    if (card) account.cards.save({ ...card, used: true });
  }
  account.customers.delete(id);
  account.emit("customer.deleted", customer);
  return { id, object: "customer", deleted: true };
};
