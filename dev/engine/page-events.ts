import type { Core } from "./core";
import { cards, data, facts, type Html, html, layout, paged, time } from "./html";
import type { StoredEvent } from "./model";
import { runCards } from "./page-runs";

/** The latest events. */
export function eventsPage(core: Core, query: URLSearchParams): string {
  const name = query.get("name")?.trim() ?? "";
  const all = [...core.state.events.values()];
  const found = all.filter(({ payload }) => payload.name.includes(name)).reverse();
  const { items, pager } = paged(found, "/events", query);
  const names = [...new Set(all.map(({ payload }) => payload.name))].sort();
  const none =
    all.length > 0
      ? html`No such event. <a href="/events">All events</a>`
      : html`No event yet. <a href="/send">Send one</a>`;
  return layout(
    "Events",
    "/events",
    html`<form method="get" action="/events" role="search"><label class="grow">Name <input type="search" name="name" value="${name}" list="names"></label>
<datalist id="names">${names.map((one) => html`<option value="${one}"></option>`)}</datalist><button>Show</button></form>
<div data-live>${cards(
      items.map((event) => eventCard(core, event)),
      none,
    )}${pager}</div>`,
  );
}

function eventCard(core: Core, event: StoredEvent): Html {
  const runs = core.state.runsOf(event.id).length;
  return html`<li class="link pair"><a href="/events/${event.id}">${event.payload.name}</a><span class="end">${runs === 1 ? "1 run" : `${runs} runs`}</span>
<code class="muted one">${JSON.stringify(event.payload.data).slice(0, 160)}</code><span class="end fold">${time(event.at)}</span></li>`;
}

/** One event, and the runs it started. */
export function eventPage(core: Core, event: StoredEvent): string {
  const { id, name, data: content } = event.payload;
  const about = core.state.runs.get(typeof content.run_id === "string" ? content.run_id : "");
  return layout(
    name,
    "/events",
    html`${facts([
      ["Event", html`<code>${event.id}</code>`],
      ["Its sender's id", id === event.id ? undefined : html`<code>${id}</code>`],
      ["Received", time(event.at)],
      ["Tells of", about && html`<a href="/runs/${about.id}">the run of ${about.fn}</a>`],
    ])}
<h2>What it says</h2>${data("The event", event.payload)}
<h2>Runs it started</h2><div data-live>${runCards(core, core.state.runsOf(event.id), "None.")}</div>`,
  );
}

/** A form that sends an event. */
export function sendPage(problem?: string, name = "", content = "{}"): string {
  return layout(
    "Send an event",
    "/send",
    html`${problem === undefined ? "" : html`<p role="alert" class="failure"><strong>${problem}</strong></p>`}
<form method="post" action="/send"><label class="grow">Name <input name="name" required value="${name}"></label>
<label class="grow" style="flex-basis:100%">Data, as JSON <textarea name="data" rows="12">${content}</textarea></label><button>Send</button></form>`,
  );
}
