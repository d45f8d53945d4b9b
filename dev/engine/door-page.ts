import type { Core } from "./core";
import { receiveEvents } from "./door-events";
import { rerun } from "./door-read";
import { finish } from "./finish";
import { html, layout } from "./html";
import { type Door, match, type Reply, type Request } from "./http";
import { isObject, parseJson } from "./json";
import { LIVE } from "./live";
import { eventPage, eventsPage, sendPage } from "./page-events";
import { functionsPage } from "./page-functions";
import { runPage } from "./page-run";
import { runsPage } from "./page-runs";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  // A page runs the one script that keeps it up to date and nothing else, whatever an event or an error contains.
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

const page = (body: string, status = 200): Reply => ({ status, headers: HEADERS, body });
const seeOther = (location: string): Reply => ({ status: 303, headers: { location }, body: "" });
const notFound = (): Reply =>
  page(
    layout(
      "Not found",
      "",
      html`<p class="empty">It may have been forgotten: only the latest are kept. <a href="/">All runs</a></p>`,
    ),
    404,
  );
const live = (): Reply => ({
  status: 200,
  headers: { "content-type": "text/javascript; charset=utf-8", "x-content-type-options": "nosniff" },
  body: LIVE,
});

/** The pages for people. */
export function pageDoor(core: Core): Door {
  return (request) => {
    if (request.method === "GET") return show(core, request);
    if (request.method !== "POST") return undefined;
    const act = action(core, request);
    if (!act) return undefined;
    if (!isFromHere(request))
      return page(layout("Refused", "", html`<p class="empty">The form was sent from another site.</p>`), 403);
    const reply = act();
    core.flush();
    return reply;
  };
}

function show(core: Core, { path, query }: Request): Reply | undefined {
  const [run] = match("/runs/:id", path) ?? [];
  const [event] = match("/events/:id", path) ?? [];
  if (path === "/" || path === "/runs") return page(runsPage(core, query));
  if (path === "/events") return page(eventsPage(core, query));
  if (path === "/functions") return page(functionsPage(core));
  if (path === "/send") return page(sendPage());
  if (path === "/live.js") return live();
  if (run !== undefined) {
    const found = core.state.runs.get(run);
    return found ? page(runPage(core, found)) : notFound();
  }
  if (event !== undefined) {
    const found = core.state.events.get(event) ?? bySendersId(core, decodeURIComponent(event));
    return found ? page(eventPage(core, found)) : notFound();
  }
  return undefined;
}

/** Whoever sent an event knows it by the id that it gave it. The newest counts, and a page may take its time. */
function bySendersId(core: Core, id: string) {
  return [...core.state.events.values()].reverse().find((event) => event.payload.id === id);
}

function action(core: Core, request: Request): (() => Reply) | undefined {
  const [cancelled] = match("/runs/:id/cancel", request.path) ?? [];
  const [again] = match("/runs/:id/rerun", request.path) ?? [];
  if (request.path === "/send") return () => send(core, new URLSearchParams(request.body));
  const run = core.state.runs.get(cancelled ?? again ?? "");
  if (cancelled === undefined && again === undefined) return undefined;
  return () => {
    if (!run) return notFound();
    if (cancelled !== undefined) finish(core, run, { status: "CANCELLED", reason: "by hand" });
    const next = again === undefined ? run : rerun(core, run);
    return next ? seeOther(`/runs/${next.id}`) : notFound();
  };
}

function send(core: Core, form: URLSearchParams): Reply {
  const name = form.get("name") ?? "";
  const text = form.get("data") ?? "";
  const data = parseJson(text === "" ? "{}" : text);
  if (!isObject(data)) return page(sendPage("The data must be a JSON object.", name, text), 400);
  const { ids, error } = receiveEvents(core, [{ name, data }]);
  return error === undefined ? seeOther(`/events/${ids[0]}`) : page(sendPage(error, name, text), 400);
}

/**
 * Whether a form was sent from one of these pages: another site must not be able to cancel runs through the browser of
 * someone who works on this machine.
 */
function isFromHere({ headers }: Request): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  if (headers.origin === undefined) return site !== undefined;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host;
}
