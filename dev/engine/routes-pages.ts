import { html, pageScript } from "../shared/html";
import { type Handler, type Reply, type Request, redirect, router } from "../shared/http";
import type { Core } from "./core";
import { isObject, parseJson } from "./json";
import type { Run } from "./model";
import { eventPage, eventsPage, functionsPage, sendPage } from "./page-events";
import { page } from "./page-parts";
import { runPage } from "./page-run";
import { actOnRuns, runsPage } from "./page-runs";
import { receiveEvents } from "./routes-events";
import { rerun } from "./routes-read";
import { finish } from "./run-end";

const notFound = (): Reply =>
  page("Not found", "", html`<p class="empty">Only the latest are stored. <a href="/">All runs</a></p>`, 404);

/** The pages and their forms. */
export function pageRoutes(core: Core): Handler[] {
  const form = (submit: (request: Request, run: Run | undefined) => Reply) => (request: Request, id?: string) => {
    const reply = submit(request, core.state.runs.get(id ?? ""));
    core.commit();
    return reply;
  };
  const routes = router({
    "GET /": ({ query }) => runsPage(core, query),
    "GET /runs": ({ query }) => runsPage(core, query),
    "GET /events": ({ query }) => eventsPage(core, query),
    "GET /functions": () => functionsPage(core),
    "GET /send": () => sendPage(),
    // The Dev Server's path.
    "GET /run": ({ query }) => redirect(`/runs/${encodeURIComponent(query.get("runID") ?? "")}`),
    "GET /runs/:id": (_, id = "") => {
      const run = core.state.runs.get(id);
      return run ? runPage(core, run) : notFound();
    },
    "GET /events/:id": (_, id = "") => {
      const event = core.state.events.get(id) ?? bySenderId(core, id);
      return event ? eventPage(core, event) : notFound();
    },
    "POST /send": form(({ body }) => send(core, new URLSearchParams(body))),
    "POST /pause": form(({ body }) => {
      core.queue.paused = new URLSearchParams(body).get("paused") === "true";
      return redirect("/");
    }),
    "POST /bulk": async ({ query, body }) => {
      const list = await actOnRuns(core, query, new URLSearchParams(body));
      core.commit();
      return redirect(list);
    },
    "POST /runs/:id/cancel": form((_, run) => {
      if (run) finish(core, run, { status: "CANCELLED", reason: "by a user" });
      return run ? redirect(`/runs/${run.id}`) : notFound();
    }),
    "POST /runs/:id/rerun": form((_, run) => {
      const next = run && rerun(core, run);
      return next ? redirect(`/runs/${next.id}`) : notFound();
    }),
  });
  return [routes, pageScript];
}

/** The newest event with the id that its sender gave it. */
const bySenderId = (core: Core, id: string) =>
  [...core.state.events.values()].reverse().find((event) => event.payload.id === id);

function send(core: Core, form: URLSearchParams): Reply {
  const name = form.get("name") ?? "";
  const text = form.get("data") ?? "";
  const data = parseJson(text === "" ? "{}" : text);
  if (!isObject(data)) return sendPage("The data must be a JSON object.", name, text);
  const { ids, error } = receiveEvents(core, [{ name, data }]);
  return error === undefined ? redirect(`/events/${ids[0]}`) : sendPage(error, name, text);
}
