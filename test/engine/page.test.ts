import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { realClock } from "../../dev/shared/clock";
import { type World, world } from "./harness";
import { rawWorld, SDK } from "./raw";

let w: World;
afterEach(() => w.close());

const EVIL = `<script>alert("x")</script>`;

const define = (client: World["client"]) => [
  client.createFunction({ id: "shop", name: EVIL, triggers: { event: "go" }, retries: 1 }, async ({ step, event }) => {
    await step.run("load & check", () => ({ note: event.data.note }));
    await step.run("flaky", () => {
      throw new Error(`no ${EVIL}`);
    });
  }),
  client.createFunction({ id: "daily", triggers: { cron: "0 9 * * *" } }, () => 1),
];
const page = async (path: string) => (await w.get(path)).text();
const form = (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  w.clock.busy(
    fetch(w.url + path, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
      headers: { origin: w.url, ...headers },
    }),
  );

describe("the pages", () => {
  it("pause the engine: events are accepted, and their runs continue later", async () => {
    w = await world(define);
    expect((await form("/pause", { paused: "true" })).status).toBe(303);
    const [event] = await w.send({ name: "go", data: { note: "hello" } });
    await w.clock.advance(3_600_000);
    expect(await page("/")).toContain("The engine is paused");
    expect((await w.runs(event))[0]?.status).toMatch(/QUEUED|RUNNING/);
    await form("/pause", { paused: "false" });
    await w.clock.advance(60_000);
    expect((await w.runs(event))[0]?.status).toBe("FAILED");
  });

  it("show a run with its events, steps, attempts, output and error", async () => {
    w = await world(define);
    const [event] = await w.send({ name: "go", data: { note: "hello" } });
    await w.clock.advance(60_000);
    const [run] = await w.runs(event);
    const shown = await page(`/runs/${run?.id}`);
    for (const text of [
      "app-shop",
      "load &amp; check",
      "&quot;hello&quot;",
      "flaky",
      "2030-01-01T00:00:00.000Z",
      "failed",
    ]) {
      expect(shown).toContain(text);
    }
    expect(shown.match(/, done<|<p><strong>Error<\/strong>: no /g)).toHaveLength(1 + 2 + 1 + 1); // the attempts of each step, the call that failed, the result
    expect(shown).toContain(`href="/events/${event}"`);
    expect(await page(`/events/${event}`)).toContain(`href="/runs/${run?.id}"`);
  });

  it("escape whatever comes from events, functions and errors, and run no script but their own", async () => {
    w = await world(define);
    const [event] = await w.send({ name: "go", data: { note: EVIL } });
    await w.clock.advance(60_000);
    const [run] = await w.runs(event);
    const query = `?function=${encodeURIComponent(`"><script>`)}`;
    for (const path of [`/runs/${run?.id}`, `/events/${event}`, "/functions", "/events", `/${query}`]) {
      const response = await w.get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(response.headers.get("content-security-policy")).toContain("script-src 'self'");
      expect((await response.text()).match(/<script[^>]*>/g)).toEqual(['<script src="/live.js" defer>']);
    }
  });

  it("list runs by function and status, and functions with their next scheduled time", async () => {
    w = await world(define);
    const [event] = await w.send({ name: "go" });
    const id = (await w.runs(event))[0]?.id ?? "none";
    expect(await page("/")).toContain(id);
    expect(await page("/?status=RUNNING&function=app-shop")).toContain(id);
    expect(await page("/?status=COMPLETED")).not.toContain(id);
    expect(await page("/?function=app-daily")).not.toContain(id);
    expect(await page("/functions")).toContain("2030-01-01T09:00:00.000Z");
  });

  it("have the addresses of the Dev Server: a run by its id, and the runs of an event by an expression", async () => {
    w = await world(define);
    const ids = await w.send({ name: "go", id: "order-1" }, { name: "go", id: "order-2" });
    const [first, second] = await Promise.all(ids.map(async (id) => (await w.runs(id))[0]?.id ?? "none"));
    const list = await page(`/runs?search=${encodeURIComponent('event.id == "order-1"')}`);
    expect(list).toContain(`href="/runs/${first}"`);
    expect(list).not.toContain(`href="/runs/${second}"`);
    expect(await page(`/run?runID=${first}`)).toContain(String(first));
    expect(await page("/runs?search=%29%29")).toContain("No such run");
  });

  it("find runs by their id and by words in their events, and page through many", async () => {
    w = await world(define);
    const [event] = await w.send({ name: "go", data: { orderId: "ord_7Q4M" } });
    await w.send(...Array.from({ length: 50 }, () => ({ name: "go" })));
    const id = (await w.runs(event))[0]?.id ?? "none";
    expect(await page("/?q=7q4m")).toContain(`href="/runs/${id}"`);
    expect(await page(`/?q=${id}`)).toContain(`href="/runs/${id}"`);
    expect(await page("/?q=elsewhere")).toContain("No such run");
    expect(await page("/")).not.toContain(`href="/runs/${id}"`);
    const [, older = ""] = /href="([^"]*)">Older/.exec(await page("/?function=app-shop")) ?? [];
    expect(await page(older.replaceAll("&amp;", "&"))).toContain(`href="/runs/${id}"`);
    expect(await page("/events?name=o")).toContain("Older");
  });

  it("name the order of a run, and find it by its number, its customer and the time", async () => {
    const order = {
      label: "Order 100042",
      url: "http://shop.example/console/orders/ord_1",
      text: "100042 ada@x.example",
    };
    w = await world(define, {
      subjects: async (data) => data.map((one) => (JSON.stringify(one)?.includes("ord_1") ? order : undefined)),
    });
    const [event] = await w.send({ name: "go", data: { orderId: "ord_1" } }, { name: "go", data: { note: "other" } });
    const id = (await w.runs(event))[0]?.id;
    for (const path of ["/", `/runs/${id}`, "/events", `/events/${event}`])
      expect(await page(path)).toContain(`<a href="${order.url}">Order 100042</a>`);
    const runsOf = async (query: string) =>
      [...(await page(`/?${query}`)).matchAll(/name="run" value="(\w+)"/g)].length;
    expect(await page("/")).toContain("note other");
    expect(await runsOf("q=%23100042")).toBe(1);
    expect(await runsOf("q=ADA@x")).toBe(1);
    expect(await page("/events?q=100042")).not.toContain("other");
    expect(await runsOf("from=2030-01-01T00:00&to=2030-01-01T00:01")).toBe(2);
    expect(await runsOf("from=2030-01-01T00:01")).toBe(0);
    expect(await runsOf("to=2029-12-31T23:59")).toBe(0);
  });

  it("say what a run waits for and until when, and lead from a run to those it invoked and that handled its failure", async () => {
    w = await world((client) => {
      const child = client.createFunction({ id: "child", triggers: { event: "never" } }, ({ step }) =>
        step.sleep("a while", "1h"),
      );
      const waits = client.createFunction({ id: "waits", triggers: { event: "go" } }, async ({ step }) => {
        await step.waitForEvent("payment", { event: "paid", timeout: "30m", if: "async.data.id == '7'" });
        await step.invoke("ask", { function: child });
      });
      const fails = client.createFunction(
        { id: "fails", triggers: { event: "fail" }, retries: 1, onFailure: () => "notified" },
        () => Promise.reject(new Error("no")),
      );
      return [child, waits, fails];
    });
    const runOf = async (event: string | undefined) => `/runs/${(await w.runs(event))[0]?.id}`;
    const linkedFrom = async (run: string) =>
      [...(await page(run)).matchAll(/href="(\/runs\/\w+)"/g)].map(([, link = ""]) => link);
    const [go, fail] = await w.send({ name: "go" }, { name: "fail" });
    const waiting = await page(await runOf(go));
    expect(waiting).toMatch(
      /waits for the event .*paid.*async\.data\.id == .*until .*2030-01-01 00:30:00 UTC.*in 30\.0 min/,
    );
    expect(await page("/")).toMatch(/attempt 2 of 2/);

    await w.send({ name: "paid", data: { id: "7" } });
    const [child = expect.fail("no link")] = await linkedFrom(await runOf(go));
    expect(await page(child)).toMatch(/a while.* sleeps until .*2030-01-01 01:00:00 UTC/);
    expect(await linkedFrom(child)).toEqual([await runOf(go)]);

    await w.clock.advance(30 * 60_000);
    const [handler = expect.fail("no link")] = await linkedFrom(await runOf(fail));
    expect(await linkedFrom(handler)).toEqual([await runOf(fail)]);
  });

  it("answer 404 for what is not there", async () => {
    w = await world(define);
    expect((await w.get("/runs/none")).status).toBe(404);
    expect((await w.get("/events/none")).status).toBe(404);
    expect((await w.get("/nowhere")).status).toBe(404);
  });
});

describe("the forms", () => {
  it("send an event, cancel its run and run it again", async () => {
    w = await world(define);
    const sent = await form("/send", { name: "go", data: '{"note":1}' });
    expect(sent.status).toBe(303);
    const event = sent.headers.get("location")?.split("/").at(-1);
    await w.clock.settle();
    const [run] = await w.runs(event);
    expect(await page(`/runs/${run?.id}`)).toContain("Cancel run…");
    await form(`/runs/${run?.id}/cancel`);
    expect(await page(`/runs/${run?.id}`)).not.toContain("Cancel run…");
    expect((await w.runs(event))[0]?.status).toBe("CANCELLED");
    const again = await form(`/runs/${run?.id}/rerun`);
    expect(again.headers.get("location")).not.toBe(`/runs/${run?.id}`);
    expect(await w.runs(event)).toHaveLength(2);
  });

  it("cancel and rerun the selected runs, or all of a list", async () => {
    w = await world(define);
    const events = await w.send({ name: "go", data: { n: "a" } }, { name: "go", data: { n: "b" } }, { name: "go" });
    const runs = await Promise.all(events.map(async (event) => (await w.runs(event))[0]?.id ?? ""));
    const bulk = (query: string, fields: [string, string][]) =>
      w.clock.busy(
        fetch(`${w.url}/bulk${query}`, {
          method: "POST",
          body: new URLSearchParams(fields),
          headers: { origin: w.url },
        }),
      );
    const statuses = async () =>
      (await Promise.all(events.map((event) => w.runs(event)))).map((all) => all.map(({ status }) => status));
    const answer = await bulk("?q=a", [
      ["action", "cancel"],
      ...runs.slice(0, 2).map((id): [string, string] => ["run", id]),
    ]);
    expect(await answer.text()).toContain("Cancelled 2 runs.");
    expect(await statuses()).toEqual([["CANCELLED"], ["CANCELLED"], ["RUNNING"]]);
    expect(await (await bulk("?status=CANCELLED", [["action", "rerun-all"]])).text()).toContain("Started 2 runs.");
    await bulk("", [["action", "cancel-all"]]);
    expect(await statuses()).toEqual([["CANCELLED", "CANCELLED"], ["CANCELLED", "CANCELLED"], ["CANCELLED"]]);
  });

  it("say what is wrong with an event, and keep what was typed", async () => {
    w = await world(define);
    const response = await form("/send", { name: "inngest/x", data: JSON.stringify({ collected: EVIL }) });
    expect(response.status).toBe(400);
    const shown = await response.text();
    expect(shown).toContain("reserved");
    expect(shown).toContain("collected");
    expect(shown).not.toContain("<script>");
    expect((await form("/send", { name: "go", data: "{" })).status).toBe(400);
  });

  it.each([
    ["another origin", { origin: "http://evil.example" }],
    ["an opaque origin", { origin: "null" }],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
  ])("are refused when they come from %s", async (_, headers) => {
    w = await world(define);
    const [event] = await w.send({ name: "go" });
    const [run] = await w.runs(event);
    expect((await form(`/runs/${run?.id}/cancel`, {}, headers)).status).toBe(403);
    expect((await form("/send", { name: "go" }, headers)).status).toBe(403);
    expect((await w.runs(event))[0]?.status).toBe("RUNNING");
  });
});

it("the page of a run lists the steps in the order in which they ran, not in which they were reported", async () => {
  let calls = 0;
  const raw = await rawWorld(
    (_, response) => {
      calls += 1;
      const start = Date.now();
      while (Date.now() < start + 2); // both steps lie within the call
      const op = (id: string, at: number, more: object = { op: "StepRun" }) => ({
        ...{ id, displayName: id, data: null },
        ...more,
        timing: { a: at * 1e6, b: 1e6 },
      });
      const failed = { op: "StepFailed", error: { name: "Error", message: "no" } };
      const done = { op: "RunComplete", id: "complete", data: 1 };
      const ops = calls === 1 ? [op("second", start + 1, failed), op("first", start)] : [done];
      response.writeHead(206, SDK).end(JSON.stringify(ops));
    },
    { clock: realClock() },
  );
  onTestFinished(() => void raw.close());
  const event = await raw.fire();
  await expect.poll(async () => (await raw.run(event))?.status).toBe("COMPLETED");
  const shown = await (await fetch(`${raw.engine.url}/runs/${(await raw.run(event))?.id}`)).text();
  expect(shown.match(/<strong>(first|second)<\/strong>/g)).toEqual([
    "<strong>first</strong>",
    "<strong>second</strong>",
  ]);
});
