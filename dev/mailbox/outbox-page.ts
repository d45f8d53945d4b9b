import type { Reply } from "../stand-in/http";
import { type Markup, markup } from "../stand-in/page";
import { framed, moment, pager, searchForm } from "./frame";
import type { OutboxRecord } from "./outbox-record";

const TITLES: Record<string, string> = { sms: "SMS", push: "Push messages", crm: "CRM records" };
const EMPTY: Record<string, string> = {
  sms: "No SMS yet. One goes out when an order with a phone number ships.",
  push: "No push message yet. One goes out when an order ships.",
  crm: "No CRM record yet. One is made when an order ships.",
};

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);

/** What the record says to its reader, as far as the channel has one; all of it stands below. */
function card({ channel, at, body }: OutboxRecord): Markup {
  const title = textOf(body.title) ?? textOf(body.type);
  const to = textOf(body.to) ? `To ${textOf(body.to)}` : "";
  const said = textOf(body.body) ?? textOf(body.text);
  const url = textOf(body.url);
  const whole = markup`<pre class="wide">${JSON.stringify(body, null, 2)}</pre>`;
  return markup`<li><strong>${title ?? to}</strong> <span class="badge">${channel}</span>
    <span>${title ? to : ""}</span> ${moment(Date.parse(at))}
    ${said ? markup`<p class="wide said">${said}</p>` : undefined}
    ${url && /^https?:/.test(url) ? markup`<span class="wide"><a href="${url}" rel="noreferrer" target="_blank">${url}</a></span>` : undefined}
    ${said ? markup`<details class="wide"><summary>The whole record</summary>${whole}</details>` : whole}</li>`;
}

/** What the channels that are no mail would have sent, newest first. */
export function outboxPage(found: { items: OutboxRecord[]; nextCursor: string | null }, query: URLSearchParams): Reply {
  const channel = query.get("channel") ?? "";
  const sought = query.get("to") || query.get("q") || "";
  const title = TITLES[channel] ?? "SMS, push and CRM";
  const none = sought
    ? markup`<p class="empty">Nothing about ${sought}. <a href="/outbox?channel=${channel}">All of it</a></p>`
    : markup`<p class="empty">${EMPTY[channel] ?? "Nothing yet. It comes when an order ships."}</p>`;
  return framed(
    title,
    `/outbox?channel=${channel}`,
    markup`<h1>${title}</h1>${searchForm("Recipient or words", sought, channel ? [["channel", channel]] : [])}
      <div data-live>${found.items.length > 0 ? markup`<ul class="cards">${found.items.map(card)}</ul>` : none}</div>
      ${pager("/outbox", query, found.nextCursor)}`,
  );
}
