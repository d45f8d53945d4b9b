import { z } from "zod";
import { type Account, newId } from "./account";
import { badParameter } from "./errors";
import { fullAddress, mergeMetadata } from "./fields";
import { requireCustomer } from "./find";
import type { FormValue } from "./form";
import { listParams, page } from "./listing";
import { address, expand, metadata, parse, text, unsettable, unsupported } from "./params";
import { attachPaymentMethod } from "./payment-methods";
import type { CustomerRecord } from "./records";

const shared = {
  description: unsettable().optional(),
  email: unsettable().optional(),
  name: unsettable().optional(),
  phone: unsettable().optional(),
  metadata: metadata().optional(),
  shipping: z.strictObject({ name: text(), phone: text().optional(), address: address() }).optional(),
  address: address().optional(),
  expand: expand(),
  balance: unsupported(),
  business_name: unsupported(),
  cash_balance: unsupported(),
  individual_name: unsupported(),
  invoice_prefix: unsupported(),
  invoice_settings: unsupported(),
  next_invoice_sequence: unsupported(),
  preferred_locales: unsupported(),
  source: unsupported(),
  tax: unsupported(),
  tax_exempt: unsupported(),
  validate: unsupported(),
};

const createParams = z.strictObject({
  ...shared,
  payment_method: text().optional(),
  tax_id_data: unsupported(),
  test_clock: unsupported(),
});
const updateParams = z.strictObject({ ...shared, default_source: unsupported() });
const customerListParams = listParams({ email: text().optional(), test_clock: unsupported() });

type Form = { [key: string]: FormValue };

function checkEmail(email: string | null | undefined): void {
  if (email && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
    throw badParameter(`Invalid email address: ${email}`, "email", "email_invalid");
  }
}

function apply(customer: CustomerRecord, params: z.infer<typeof updateParams>): CustomerRecord {
  const { shipping } = params;
  return {
    ...customer,
    description: params.description === undefined ? customer.description : params.description,
    email: params.email === undefined ? customer.email : params.email,
    name: params.name === undefined ? customer.name : params.name,
    phone: params.phone === undefined ? customer.phone : params.phone,
    metadata: mergeMetadata(customer.metadata, params.metadata),
    address: params.address ? fullAddress(params.address) : customer.address,
    shipping: shipping ? { ...shipping, address: fullAddress(shipping.address) } : customer.shipping,
  };
}

export function createCustomer(account: Account, form: Form): CustomerRecord {
  const { payment_method, ...params } = parse(createParams, form);
  checkEmail(params.email);
  const empty: CustomerRecord = {
    id: newId("cus", 14),
    object: "customer",
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: newId("inv", 8).slice(4).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
  const customer = account.customers.put(apply(empty, params));
  account.emit("customer.created", customer);
  if (payment_method) attachPaymentMethod(account, payment_method, { customer: customer.id });
  return customer;
}

export function updateCustomer(account: Account, id: string, form: Form): CustomerRecord {
  const before = requireCustomer(account, id);
  const params = parse(updateParams, form);
  checkEmail(params.email);
  const customer = account.customers.put(apply(before, params));
  account.emit("customer.updated", customer);
  return customer;
}

export function listCustomers(account: Account, url: string, form: Form) {
  const params = parse(customerListParams, form);
  return page(account.customers, url, params, "customer", (customer) => {
    return params.email === undefined || customer.email === params.email;
  });
}
