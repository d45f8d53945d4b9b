import { randomUUID } from "node:crypto";
import { z } from "zod";
import { withBody } from "../fake-server/faults";
import { fingerprintOf } from "../fake-server/idempotency-store";
import type { FakeServerContext } from "../fake-server/start";
import { badge, cards, data, type Html, html, type Page, pager, paginate, searchForm, time } from "../shared/html";
import { type Answer, type Handler, header, json, problem, type Reply, type Request, router } from "../shared/http";
import type { Records } from "../shared/store";
import { page } from "./page-emails";
import { PAGE_SIZE } from "./routes-messages";

const CHANNELS = ["sms", "push", "crm"];
const MAX_RECORDS = 100_000;
const bodySchema = z.record(z.string(), z.unknown());

/** A message or record for another provider than Resend. */
interface OutboxRecord {
  id: string;
  channel: string;
  at: string;
  body: Record<string, unknown>;
}

/** The messages of the unconfigured SMS, push and CRM adapters: `POST /outbox/{channel}`, `GET /outbox?channel=&to=&q=`. */
export function outboxRoutes({ clock, store, faults }: FakeServerContext): Handler {
  const records: Records<OutboxRecord> = store.records("outbox");
  const add = withBody(bodySchema, (body, request, channel = "") => {
    const key = header(request, "idempotency-key");
    const id = key ? fingerprintOf(`${channel} ${key}`).slice(0, 32) : randomUUID();
    const known = records.get(id);
    if (known) return json(200, known);
    const record = records.save({ id, channel, at: new Date(clock.now()).toISOString(), body });
    for (const oldest of records.values()) {
      if (records.size <= MAX_RECORDS) break;
      records.delete(oldest.id);
    }
    store.commit();
    return json(201, record);
  });
  return router({
    "GET /outbox": (request) => list(records, request),
    "POST /outbox/:channel": async (request, channel = "") => {
      if (!CHANNELS.includes(channel)) return undefined;
      // A fault must name the path: a fault for Resend does not affect an SMS.
      const fault = faults.take(request.method, request.path, true);
      if (fault?.kind === "timeout") return "hang";
      if (fault?.kind === "reset") return "reset";
      if (fault?.kind === "error") return problem(fault.status, "The provider failed");
      if (fault?.kind === "rate_limit") return tooManyRequests();
      const answer: Answer = await add(request, channel);
      if (fault?.kind === "applied_error") return problem(500, "The provider failed");
      return fault?.kind === "answer_lost" ? "reset" : answer;
    },
  });
}

function tooManyRequests(): Reply {
  const reply = problem(429, "Too many requests");
  return { ...reply, headers: { ...reply.headers, "retry-after": "1" } };
}

function list(records: Records<OutboxRecord>, request: Request): Reply {
  const { query } = request;
  const channel = query.get("channel") ?? "";
  const to = query.get("to");
  const text = query.get("q")?.trim().toLowerCase() ?? "";
  if (channel && !CHANNELS.includes(channel))
    return problem(422, "Invalid request", `channel must be one of ${CHANNELS.join(", ")}`);
  const all = [...records.values()].reverse();
  const found = all.filter(
    (record) =>
      (!channel || record.channel === channel) &&
      (!to || record.body.to === to) &&
      JSON.stringify(record.body).toLowerCase().includes(text),
  );
  const shown = paginate(found, query.get("cursor"), PAGE_SIZE);
  return header(request, "accept")?.includes("text/html") ? outboxPage(shown, query, channel) : json(200, shown);
}

const LABELS: Record<string, [title: string, none: string]> = {
  sms: ["SMS", "No SMS yet. One is sent when an order with a phone number ships."],
  push: ["Push messages", "No push message yet. One is sent when an order ships."],
  crm: ["CRM records", "No CRM record yet. One is created when an order ships."],
};

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

function outboxPage({ items, nextCursor }: Page<OutboxRecord>, query: URLSearchParams, channel: string): Reply {
  const text = query.get("to") || query.get("q") || "";
  const [title, none] = LABELS[channel] ?? ["SMS, push and CRM", "Nothing yet."];
  const hidden = html`<input type="hidden" name="channel" value="${channel}">`;
  return page(
    title,
    `/outbox?channel=${channel}`,
    html`${searchForm("Recipient or text", "q", text, hidden)}
<div data-live>${cards(
      items.map(recordCard),
      text ? html`Nothing with ${text}. <a href="/outbox?channel=${channel}">All</a>` : none,
    )}</div>${pager("/outbox", query, nextCursor)}`,
  );
}

/** The text of a record where its channel has one, and the whole record. */
function recordCard({ channel, at, body }: OutboxRecord): Html {
  const title = textOf(body.title) || textOf(body.type);
  const to = body.to ? `To ${textOf(body.to)}` : "";
  const message = textOf(body.body) || textOf(body.text);
  const url = textOf(body.url);
  const record = data("Record", body);
  return html`<li class="pair"><strong>${title || to}</strong><span class="end">${badge(channel)}</span>
<span>${title ? to : ""}</span><span class="end fold">${time(Date.parse(at))}</span>
${message ? html`<p class="wide message">${message}</p>` : ""}
${/^https?:/.test(url) ? html`<span class="wide"><a href="${url}" rel="noreferrer" target="_blank">${url}</a></span>` : ""}
<div class="wide">${message ? html`<details><summary>Record</summary>${record}</details>` : record}</div></li>`;
}
