import { cards, type Html, html, pager, paginate, searchForm, time } from "../shared/html";
import { type Handler, type Reply, router } from "../shared/http";
import type { Records } from "../shared/store";
import type { Subject } from "../shared/subject";
import type { Account, CustomerRecord, PaymentIntentRecord, RefundRecord } from "./account";
import {
  amountOf,
  authenticationUrl,
  chargeOf,
  customerName,
  declineOf,
  page,
  statusBadge,
  subjectLink,
} from "./page-parts";

const PAGE_SIZE = 50;

/** A list of the dashboard. `T` has a status where the list has filters for it. */
interface List<T> {
  path: string;
  title: string;
  records: Records<T & { id: string }>;
  row(record: T, subject: Subject | undefined): Html;
  /** The text of an empty list. */
  none: string;
}

/** `GET /`, `/customers` and `/refunds`: the newest first, with a search in all fields and their orders. */
export function listRoutes(account: Account): Handler {
  const { paymentIntents, customers, refunds } = account;
  const payments: List<PaymentIntentRecord> = {
    ...{ path: "/", title: "Payments", records: paymentIntents },
    row: (intent, subject) => paymentRow(account, intent, subject),
    none: "No payment yet. An order creates one.",
  };
  const people: List<CustomerRecord> = {
    ...{ path: "/customers", title: "Customers", records: customers, row: customerRow },
    none: "No customer yet. A subscription creates one.",
  };
  const returned: List<RefundRecord> = {
    ...{ path: "/refunds", title: "Refunds", records: refunds, row: refundRow },
    none: "No refund yet. Refund a payment on its page, or cancel an order in the shop.",
  };
  return router({
    "GET /": ({ query }) => listPage(account, payments, query),
    "GET /customers": ({ query }) => listPage(account, people, query),
    "GET /refunds": ({ query }) => listPage(account, returned, query),
  });
}

const statusOf = (record: object): string => ("status" in record ? String(record.status) : "");

async function listPage<T extends { id: string }>(
  account: Account,
  { path, title, records, row, none }: List<T>,
  query: URLSearchParams,
): Promise<Reply> {
  const text = query.get("q")?.trim() ?? "";
  const status = query.get("status") ?? "";
  const found = await withText(account, [...records.values()].reverse(), text);
  const wanted = found.filter((record) => status === "" || statusOf(record) === status);
  const { items, nextCursor } = paginate(wanted, query.get("cursor"), PAGE_SIZE);
  const subjects = await account.subjects(items);
  const search = searchForm(
    "Order, email, ID or text",
    "q",
    text,
    html`<input type="hidden" name="status" value="${status}">`,
  );
  return page(
    title,
    path,
    html`${search}${statusTabs(path, query, status, found)}
<div data-live>${cards(
      items.map((item, index) => row(item, subjects[index])),
      records.size > 0 ? html`Nothing found. <a href="${path}">All</a>` : none,
    )}${pager(path, query, nextCursor)}</div>`,
  );
}

async function withText<T extends object>(account: Account, records: T[], text: string): Promise<T[]> {
  if (text === "") return records;
  const wanted = text.toLowerCase().replace(/^#/, "");
  const subjects = await account.subjects(records);
  return records.filter((record, index) =>
    `${JSON.stringify(record)} ${subjects[index]?.text}`.toLowerCase().includes(wanted),
  );
}

function statusTabs(path: string, query: URLSearchParams, current: string, found: object[]): Html {
  const statuses = [...new Set(found.map(statusOf))].filter((status) => status !== "").sort();
  if (statuses.length === 0) return html``;
  const tab = (value: string, count: number) => {
    const params = new URLSearchParams({ q: query.get("q") ?? "", status: value });
    return html`<li><a href="${path}?${params.toString()}"${value === current ? html` aria-current="true"` : ""}>${value.replaceAll("_", " ") || "all"} ${count}</a></li>`;
  };
  const count = (status: string) => found.filter((record) => statusOf(record) === status).length;
  return html`<nav aria-label="Status" data-live><ul>${tab("", found.length)}${statuses.map((one) => tab(one, count(one)))}</ul></nav>`;
}

/** A payment in a list, linked to its page. */
export function paymentRow(account: Account, intent: PaymentIntentRecord, subject: Subject | undefined): Html {
  const charge = chargeOf(account, intent);
  const refunded = charge?.amount_refunded
    ? `, ${amountOf({ ...charge, amount: charge.amount_refunded })} refunded`
    : "";
  const reason = declineOf(intent);
  const url = authenticationUrl(intent);
  return html`<li class="link pair"><a href="/payments/${intent.id}">${amountOf(intent)}${refunded}</a><span class="end">${charge?.disputed ? statusBadge("disputed") : ""} ${statusBadge(intent.status)}</span>
<span>${subject ? html`${subjectLink(subject)} · ` : ""}<span class="muted">${intent.id}${reason ? `, ${reason}` : ""}</span></span><span class="end fold">${time(intent.created * 1000)}</span>
${url ? html`<span class="wide"><a href="${url}">Authenticate</a></span>` : ""}</li>`;
}

const customerRow = (customer: CustomerRecord): Html =>
  html`<li class="link pair"><a href="/customers/${customer.id}">${customerName(customer)}</a><span class="end fold">${time(customer.created * 1000)}</span>
<span class="muted">${customer.email ?? "no email"} · ${customer.id}</span></li>`;

/** A refund in a list, linked to its page. */
export const refundRow = (refund: RefundRecord, subject?: Subject): Html =>
  html`<li class="link pair"><a href="/refunds/${refund.id}">${amountOf(refund)}</a><span class="end">${statusBadge(refund.status ?? "")}</span>
<span>${subject ? html`${subjectLink(subject)} · ` : ""}<span class="muted">${refund.id}</span></span><span class="end fold">${time(refund.created * 1000)}</span></li>`;
