import { cards, data, type Html, html, pager, paginate, properties, searchForm, time } from "../shared/html";
import type { Reply } from "../shared/http";
import type { Subject } from "../shared/subject";
import type { Core } from "./core";
import { nextCron } from "./cron";
import type { Fn, Run, StoredEvent, Trigger } from "./model";
import { dueTime, page, pathWith, toneOf } from "./page-parts";
import { runCards, subjectLink } from "./page-runs";

/** The latest events. Filter: text in their names, data and subjects. */
export async function eventsPage(core: Core, query: URLSearchParams): Promise<Reply> {
  const name = query.get("name")?.trim() ?? "";
  const text = query.get("q")?.trim() ?? "";
  const all = [...core.state.events.values()];
  const named = all.filter(({ payload }) => payload.name.includes(name)).reverse();
  const { items, nextCursor } = paginate(await withText(core, named, text), query.get("cursor"), 50);
  const subjects = await core.subjects(items.map(({ payload }) => payload.data));
  const names = [...new Set(all.map(({ payload }) => payload.name))].sort();
  const none =
    all.length > 0
      ? html`No such event. <a href="/events">All events</a>`
      : html`No event yet. <a href="/send">Send one</a>`;
  const nameField = html`<label class="grow">Name <input type="search" name="name" value="${name}" list="names"></label>
<datalist id="names">${names.map((one) => html`<option value="${one}"></option>`)}</datalist>`;
  return page(
    "Events",
    "/events",
    html`${searchForm("Order, email or text in the data", "q", text, nameField)}<div data-live>${cards(
      items.map((event, index) => eventCard(core, event, subjects[index])),
      none,
    )}${pager("/events", query, nextCursor)}</div>`,
  );
}

async function withText(core: Core, events: StoredEvent[], text: string): Promise<StoredEvent[]> {
  if (text === "") return events;
  const subjects = await core.subjects(events.map(({ payload }) => payload.data));
  const wanted = text.toLowerCase().replace(/^#/, "");
  return events.filter((event, index) =>
    `${JSON.stringify(event)} ${subjects[index]?.text}`.toLowerCase().includes(wanted),
  );
}

function eventCard(core: Core, event: StoredEvent, subject: Subject | undefined): Html {
  const runs = core.state.runsOf(event.id).length;
  return html`<li class="link pair"><a href="/events/${event.id}">${event.payload.name}</a><span class="end">${runs === 1 ? "1 run" : `${runs} runs`}</span>
<span class="one muted">${subject ? html`<strong>${subjectLink(subject)}</strong> · ` : ""}<code>${JSON.stringify(event.payload.data).slice(0, 160)}</code></span><span class="end fold">${time(event.at)}</span></li>`;
}

/** One event, and the runs it started. */
export async function eventPage(core: Core, event: StoredEvent): Promise<Reply> {
  const { id, name, data: content } = event.payload;
  const [subject] = await core.subjects([content]);
  const about = core.state.runs.get(typeof content.run_id === "string" ? content.run_id : "");
  return page(
    name,
    "/events",
    html`${properties([
      ["Subject", subjectLink(subject)],
      ["Event ID", id === event.id ? undefined : html`<code>${id}</code>`],
      ["Internal ID", html`<code>${event.id}</code>`],
      ["Received at", time(event.at)],
      ["About", about && html`<a href="/runs/${about.id}">the run of ${about.fn}</a>`],
    ])}
<h2>Payload</h2>${data("Payload", event.payload)}
<h2>Runs</h2><div data-live>${await runCards(core, core.state.runsOf(event.id), "None.")}</div>`,
  );
}

/** A form that sends an event. */
export const sendPage = (problem?: string, name = "", content = "{}"): Reply =>
  page(
    "Send event",
    "/send",
    html`${problem === undefined ? "" : html`<p role="alert" class="failure"><strong>${problem}</strong></p>`}
<form method="post" action="/send"><label class="grow">Name <input name="name" required value="${name}"></label>
<label class="grow" style="flex-basis:100%">Data (JSON) <textarea name="data" rows="12">${content}</textarea></label><button>Send</button></form>`,
    problem === undefined ? 200 : 400,
  );

/** Every function with its triggers, next scheduled run, runs by status, and configuration. */
export function functionsPage(core: Core): Reply {
  const fns = [...core.state.fns.values()].filter((fn) => !fn.removed).sort((a, b) => a.name.localeCompare(b.name));
  const runs = [...core.state.runs.values()];
  return page(
    "Functions",
    "/functions",
    html`<div data-live>${cards(
      fns.map((fn) => fnCard(core, fn, runs)),
      "No function yet. An app registers its functions.",
    )}</div>`,
  );
}

function fnCard(core: Core, fn: Fn, runs: Run[]): Html {
  const now = core.clock.now();
  const schedules = fn.triggers.flatMap(({ cron }) => (cron === undefined ? [] : (nextCron(cron, now) ?? [])));
  const count = (status: string) => {
    const some = runs.filter((run) => run.fn === fn.id && run.status === status).length;
    const path = pathWith("/", { function: fn.id, status });
    return some === 0
      ? ""
      : html`<a class="badge ${toneOf(status)}" href="${path}">${some} ${status.toLowerCase()}</a> `;
  };
  return html`<li class="pair" id="${fn.id}"><strong>${fn.name}</strong><span class="end fold">${["QUEUED", "RUNNING", "FAILED", "CANCELLED", "COMPLETED"].map(count)}</span>
<span class="wide"><a href="${pathWith("/", { function: fn.id })}">${fn.id}</a></span>
<span class="wide">${fn.triggers.map((trigger) => html`${triggerText(trigger)}<br>`)}${schedules.length === 0 ? "" : html`Next: ${dueTime(Math.min(...schedules), now)}`}</span>
<details class="wide" id="config-${fn.id}"><summary>Configuration</summary>${data(`Configuration of ${fn.name}`, fn.config)}</details></li>`;
}

function triggerText({ cron, event = "", expression }: Trigger): Html {
  if (cron !== undefined) return html`Schedule <code>${cron}</code>`;
  const condition = expression ? html` if <code>${expression}</code>` : "";
  return html`Event <a href="${pathWith("/events", { name: event })}">${event}</a>${condition}`;
}
