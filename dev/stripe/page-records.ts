import { cards, data, type Html, html, properties, time } from "../shared/html";
import { type Handler, type Reply, type Request, redirect, router } from "../shared/http";
import type { Account, CustomerRecord, EventRecord, PaymentIntentRecord, RefundRecord } from "./account";
import { formatAmount, minorUnits } from "./currencies";
import { closeDispute, openDispute, updateDispute } from "./disputes";
import { refused, StripeError } from "./errors";
import { paymentRow, refundRow } from "./page-lists";
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
import { createRefund } from "./refunds";

const MAX_EVENTS = 50;

const notFound = (): Reply =>
  page("Not found", "", html`<p class="empty">There is no such record. <a href="/">All payments</a></p>`, 404);

/** `GET /payments/:id`, `/customers/:id` and `/refunds/:id`, and what a person does in Stripe's dashboard. */
export function recordRoutes(account: Account): Handler {
  const ofPayment =
    (answer: (intent: PaymentIntentRecord, request: Request) => Reply | Promise<Reply>) =>
    (request: Request, id = "") => {
      const intent = account.paymentIntents.get(id);
      return intent ? answer(intent, request) : notFound();
    };
  /** A form of the page of a payment. A refusal is shown there. */
  const action = (act: (intent: PaymentIntentRecord, form: URLSearchParams) => void) =>
    ofPayment(async (intent, { body }) => {
      try {
        await account.change(() => act(intent, new URLSearchParams(body)));
        return redirect(`/payments/${intent.id}`);
      } catch (error) {
        if (error instanceof StripeError) return paymentPage(account, intent, error.message);
        throw error;
      }
    });
  return router({
    "GET /payments/:id": ofPayment((intent) => paymentPage(account, intent)),
    "POST /payments/:id/refund": action((intent, form) => refund(account, intent, form)),
    "POST /payments/:id/dispute": action((intent, form) => dispute(account, intent, form.get("reason") ?? "")),
    "POST /payments/:id/close": action((intent, form) => close(account, intent, form.get("outcome") === "won")),
    "GET /customers/:id": (_, id = "") => {
      const customer = account.customers.get(id);
      return customer ? customerPage(account, customer) : notFound();
    },
    "GET /refunds/:id": (_, id = "") => {
      const found = account.refunds.get(id);
      return found ? refundPage(account, found) : notFound();
    },
  });
}

function refund(account: Account, intent: PaymentIntentRecord, form: URLSearchParams): void {
  const amount = String(minorUnits(form.get("amount") ?? "", intent.currency));
  createRefund({ account, id: "", url: "", form: { payment_intent: intent.id, amount } });
}

function dispute(account: Account, intent: PaymentIntentRecord, reason: string): void {
  const charge = chargeOf(account, intent);
  if (!charge?.paid || charge.disputed) throw refused("Only a paid charge without a dispute can be disputed.");
  openDispute(account, charge, { reason });
}

const disputeOf = (account: Account, intent: PaymentIntentRecord) =>
  [...account.disputes.values()].reverse().find((one) => one.payment_intent === intent.id);

function close(account: Account, intent: PaymentIntentRecord, won: boolean): void {
  const call = { account, id: disputeOf(account, intent)?.id ?? "", url: "" };
  if (won) updateDispute({ ...call, form: { evidence: { uncategorized_text: "winning_evidence" } } });
  else closeDispute({ ...call, form: {} });
}

const metadataRows = (metadata: Record<string, string> | null): [string, string][] => Object.entries(metadata ?? {});

async function paymentPage(account: Account, intent: PaymentIntentRecord, problem?: string): Promise<Reply> {
  const [subject] = await account.subjects([intent]);
  const charge = chargeOf(account, intent);
  const card = charge?.payment_method_details?.card;
  const customer = intent.customer ? account.customers.get(intent.customer) : undefined;
  const refunds = [...account.refunds.values()].filter((one) => one.payment_intent === intent.id).reverse();
  const disputed = disputeOf(account, intent);
  const url = authenticationUrl(intent);
  const about = properties([
    ["Status", html`${statusBadge(intent.status)} ${declineOf(intent)}`],
    ["Order", subjectLink(subject)],
    ["Customer", customer && html`<a href="/customers/${customer.id}">${customerName(customer)}</a>`],
    ["Card", card ? `${card.brand} •••• ${card.last4}` : undefined],
    ["Refunded", charge?.amount_refunded ? formatAmount(charge.amount_refunded, charge.currency) : undefined],
    ["Dispute", disputed && html`${statusBadge(disputed.status)} ${disputed.reason}`],
    ["Created at", time(intent.created * 1000)],
    ["Payment ID", html`<code>${intent.id}</code>`],
    ["Charge ID", charge && html`<code>${charge.id}</code>`],
    ...metadataRows(intent.metadata),
  ]);
  return page(
    `Payment of ${amountOf(intent)}`,
    "/",
    html`${problem === undefined ? "" : html`<p role="alert" class="failure"><strong>${problem}</strong></p>`}
<div data-live>${about}</div>
${url ? html`<p><a href="${url}">Authenticate</a></p>` : ""}<div data-live>${actions(account, intent)}
${
  refunds.length === 0
    ? ""
    : html`<h2>Refunds</h2>${cards(
        refunds.map((one) => refundRow(one)),
        "",
      )}`
}
<h2>Events</h2>${eventCards(account, ({ data: { object } }) => object.id === intent.id || ("payment_intent" in object && object.payment_intent === intent.id))}</div>
<details id="object"><summary>Object</summary>${data("Object", intent)}</details>`,
    problem === undefined ? 200 : 400,
  );
}

/** What a person can do with a paid charge: refund it, dispute it as its cardholder, and decide the dispute as the bank. */
function actions(account: Account, intent: PaymentIntentRecord): Html {
  const charge = chargeOf(account, intent);
  if (!charge?.paid) return html``;
  const left = charge.amount_captured - charge.amount_refunded;
  const disputed = disputeOf(account, intent);
  const isOpen = disputed !== undefined && !["won", "lost", "warning_closed"].includes(disputed.status);
  const forms = [
    left > 0 && !charge.disputed
      ? html`<form method="post" action="/payments/${intent.id}/refund"><label>Amount (${charge.currency.toUpperCase()}) <input name="amount" inputmode="decimal" required value="${formatInput(left, charge.currency)}"></label><button>Refund</button></form>`
      : "",
    disputed
      ? ""
      : html`<form method="post" action="/payments/${intent.id}/dispute"><label>Reason <select name="reason"><option>fraudulent</option><option>product_not_received</option><option>duplicate</option></select></label><button>Dispute as the cardholder</button></form>`,
    isOpen
      ? html`<form method="post" action="/payments/${intent.id}/close"><button name="outcome" value="won">Decide for the shop</button><button name="outcome" value="lost">Decide for the cardholder</button></form>`
      : "",
  ];
  return forms.every((form) => form === "") ? html`` : html`<h2>Actions</h2><div class="card">${forms}</div>`;
}

const formatInput = (amount: number, currency: string): string => {
  const units = minorUnits("1", currency);
  return (amount / units).toFixed(Math.log10(units));
};

async function customerPage(account: Account, customer: CustomerRecord): Promise<Reply> {
  const payments = [...account.paymentIntents.values()].filter((one) => one.customer === customer.id).reverse();
  const subjects = await account.subjects(payments);
  return page(
    customerName(customer),
    "/customers",
    html`${properties([
      ["Email", customer.email ?? undefined],
      ["Created at", time(customer.created * 1000)],
      ["Customer ID", html`<code>${customer.id}</code>`],
      ...metadataRows(customer.metadata),
    ])}
<h2>Payments</h2><div data-live>${cards(
      payments.map((one, index) => paymentRow(account, one, subjects[index])),
      "None.",
    )}</div>
<h2>Events</h2><div data-live>${eventCards(account, ({ data: { object } }) => object.id === customer.id || ("customer" in object && object.customer === customer.id))}</div>`,
  );
}

async function refundPage(account: Account, one: RefundRecord): Promise<Reply> {
  const [subject] = await account.subjects([one]);
  return page(
    `Refund of ${amountOf(one)}`,
    "/refunds",
    html`<div data-live>${properties([
      ["Status", html`${statusBadge(one.status ?? "")} ${one.failure_reason}`],
      ["Order", subjectLink(subject)],
      [
        "Payment",
        one.payment_intent ? html`<a href="/payments/${one.payment_intent}">${one.payment_intent}</a>` : undefined,
      ],
      ["Reason", one.reason ?? undefined],
      ["Created at", time(one.created * 1000)],
      ["Refund ID", html`<code>${one.id}</code>`],
      ...metadataRows(one.metadata),
    ])}
<h2>Events</h2>${eventCards(account, ({ data: { object } }) => object.id === one.id)}</div>`,
  );
}

/** The newest events that match, each with the deliveries of its webhook. */
function eventCards(account: Account, matches: (event: EventRecord) => boolean): Html {
  const found = [...account.events.values()].filter(matches).reverse().slice(0, MAX_EVENTS);
  return cards(
    found.map(
      (
        event,
      ) => html`<li class="pair"><strong>${event.type}</strong><span class="end fold">${time(event.created * 1000)}</span>
<ul class="wide">${deliveriesOf(account, event)}</ul>
<details class="wide" id="${event.id}"><summary>${event.id}</summary>${data("Event", event)}</details></li>`,
    ),
    "None: events are deleted after 30 days.",
  );
}

function deliveriesOf(account: Account, { id }: EventRecord): Html[] {
  const { attempts, pending } = account.deliveriesOf(id);
  const made = attempts.map(
    ({ at, result }) =>
      html`<li>Webhook ${result === undefined ? "delivered" : html`<span class="failure">failed: ${result}</span>`} ${time(at)}</li>`,
  );
  const due = pending.map(({ due }) => html`<li>Webhook ${due === undefined ? "held" : html`due ${time(due)}`}</li>`);
  return made.length + due.length > 0
    ? [...made, ...due]
    : [html`<li class="muted">No webhook since the start of this server.</li>`];
}
