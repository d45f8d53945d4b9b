import type { Core } from "./core";
import { data, html, layout, table, time } from "./html";
import type { StoredEvent } from "./model";
import { RUN_HEADINGS, runRows } from "./page-runs";

const PAGE = 100;

/** The latest events. */
export function eventsPage(core: Core, query: URLSearchParams): string {
  const name = query.get("name") ?? "";
  const found = [...core.state.events.values()].filter((event) => name === "" || event.payload.name === name).reverse();
  return layout(
    "Events",
    html`<form method="get" action="/events"><label>Name <input name="name" value="${name}"></label><button>Show</button></form>
${table(
  `${found.length} events, the latest ${PAGE} shown`,
  ["Event", "Name", "Received", "Runs"],
  found
    .slice(0, PAGE)
    .map((event) => [
      html`<a href="/events/${event.id}">${event.id}</a>`,
      html`${event.payload.name}`,
      time(event.at),
      html`${core.state.runsOf(event.id).length}`,
    ]),
)}`,
  );
}

/** One event, and the runs it started. */
export function eventPage(core: Core, event: StoredEvent): string {
  return layout(
    `Event ${event.payload.name}`,
    html`<p>${event.id} · received ${time(event.at)}</p>${data(event.payload)}
<h2>Runs</h2>${table("Runs it started", RUN_HEADINGS, runRows(core.state.runsOf(event.id)))}`,
  );
}

/** A form that sends an event. */
export function sendPage(problem?: string, name = "", content = "{}"): string {
  return layout(
    "Send an event",
    html`${problem === undefined ? "" : html`<p role="alert" class="FAILED">${problem}</p>`}
<form method="post" action="/send"><label>Name <input name="name" required value="${name}"></label>
<label>Data, as JSON <textarea name="data" rows="12">${content}</textarea></label><button>Send</button></form>`,
  );
}
