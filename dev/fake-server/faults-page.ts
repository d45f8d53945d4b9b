import { type Html, html } from "../shared/html";
import { type Handler, problem, type Reply, redirect, router } from "../shared/http";
import type { Faults } from "./faults";
import type { FakeServerContext } from "./start";

/** A way to break the shop with one button: faults of the next calls, or of the webhooks. */
export interface Preset {
  label: string;
  what: string;
  fault?: Parameters<Faults["add"]>[0];
  webhooks?: { mode: "deliver" | "drop" | "duplicate"; delayMs?: number };
}

const MINUTE = 60_000;

/** `calls` matches the calls that cost money or send something. An outage ends after `forMs`. */
const presetsOf = (calls: { method: string; path: string }, now: number): Record<string, Preset> => ({
  timeout: {
    label: "Time out",
    what: "The next call is never answered, and changes nothing.",
    fault: { kind: "timeout", ...calls },
  },
  lost: {
    label: "Lose the answer",
    what: "The next call is performed, and its answer is lost.",
    fault: { kind: "answer_lost", times: 2, ...calls },
  },
  error: {
    label: "Answer 500",
    what: "The next call is answered with an error of the server.",
    fault: { kind: "error", status: 500, ...calls },
  },
  applied: {
    label: "Answer 500 after applying",
    what: "The next call is performed, and answered with an error of the server.",
    fault: { kind: "applied_error", ...calls },
  },
  limit: {
    label: "Too many requests for a minute",
    what: "Every call is answered 429 until then.",
    fault: { kind: "rate_limit", until: now + MINUTE },
  },
  outage: {
    label: "Unreachable for a minute",
    what: "Every connection is reset until then.",
    fault: { kind: "reset", until: now + MINUTE },
  },
  dropped: { label: "Lose webhooks", what: "From now on no webhook is sent.", webhooks: { mode: "drop" } },
  twice: { label: "Send webhooks twice", what: "From now on each comes twice.", webhooks: { mode: "duplicate" } },
  late: {
    label: "Send webhooks late",
    what: "From now on each comes half a minute late.",
    webhooks: { mode: "deliver", delayMs: 30_000 },
  },
});

/** `GET /break` and its form: what `POST /faults` and `POST /webhooks/control` can do, as buttons; `more` are those of one API. */
export function faultsPage(
  { clock, faults, queue }: FakeServerContext,
  page: (title: string, section: string, content: Html) => Reply,
  calls: { method: string; path: string },
  more: Record<string, Preset> = {},
): Handler {
  const presets = () => Object.entries({ ...more, ...presetsOf(calls, clock.now()) });
  return router({
    "GET /break": () => {
      const active = faults.active().map(({ kind, path = "any call", until }) => {
        const end = until === undefined ? "the next call" : new Date(until).toISOString();
        return html`<li>${kind}, ${path}, until ${end}</li>`;
      });
      const { mode, delayMs } = queue;
      const normal = mode === "deliver" && delayMs === 0;
      return page(
        "Faults",
        "/break",
        html`<p>Break something, place an order, and watch it recover.</p>
<form method="post"><ul class="cards">${presets().map(
          ([name, { label, what }]) =>
            html`<li class="pair fault"><span>${what}</span><span class="end"><button name="fault" value="${name}">${label}</button></span></li>`,
        )}</ul></form>
<h2>Now</h2><ul>${active}<li>Webhooks: ${normal ? "as usual" : `${mode}, ${delayMs} ms late`}</li></ul>
<form method="post"><button name="fault" value="none">End all faults</button></form>`,
      );
    },
    "POST /break": ({ body }) => {
      const wanted = new URLSearchParams(body).get("fault");
      if (wanted === "none") {
        faults.clear();
        Object.assign(queue, { mode: "deliver", delayMs: 0 });
        return redirect("/break");
      }
      const preset = presets().find(([name]) => name === wanted)?.[1];
      if (!preset) return problem(422, "Invalid request", "fault must be one of the page's buttons");
      if (preset.fault) faults.add(preset.fault);
      if (preset.webhooks) Object.assign(queue, { delayMs: 0, ...preset.webhooks });
      return redirect("/break");
    },
  });
}
