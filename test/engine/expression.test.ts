import { afterEach, describe, expect, it } from "vitest";
import { type World, world } from "./harness";

/** What the server does with each expression was found by running it. */
let w: World;
afterEach(() => w.close());

type Data = Record<string, unknown>;

/** The run of a function that waits for an event with `condition`, after that event. */
async function waited(condition: string, data: Data, answer: Data) {
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go" } }, async ({ step }) => {
      const got = await step.waitForEvent("w", { event: "answer", timeout: "1d", if: condition });
      return got !== null;
    }),
  ]);
  const [event] = await w.send({ name: "go", data });
  await w.send({ name: "answer", data: answer });
  return (await w.runs(event))[0];
}

/** Whether an event starts a function with the condition. */
async function triggered(condition: string, data: Data): Promise<boolean> {
  w = await world((client) => [
    client.createFunction({ id: "f", triggers: { event: "go", if: condition } }, async () => 1),
  ]);
  const [event] = await w.send({ name: "go", data });
  return (await w.runs(event)).length === 1;
}

describe("the condition of a wait", () => {
  it.each<[string, Data, Data]>([
    ["async.data.xs.exists(x, x.n == 1)", {}, { xs: [{ n: 1 }] }],
    ["event.data.xs.exists(x, x == 1) && async.data.n == 1", { xs: [1] }, { n: 1 }],
    ["event.data.n == 1 || async.data.xs.exists(x, x == 1)", { n: 1 }, {}],
    ["has(event.data.id) && async.data.id == 1", { id: 1 }, { id: 1 }],
    ['async.data.url == "http://a"', {}, { url: "http://a" }],
    ["async.data.id == event.data.id // the same", { id: 1 }, { id: 1 }],
    ["// the same\nasync.data.id == 1", {}, { id: 1 }],
    ["async.data.x in ['a','b'] && async.data.n == event.data.n", { n: 1 }, { n: 1, x: "b" }],
    ["async.data.a[0] == event.data.a[0].id", { a: [{ id: 1 }] }, { a: [1] }],
    ["async.data.a[0].id == 1 && async.data['b'] == 'x'", {}, { a: [{ id: 1 }], b: "x" }],
    ["async.data.a[0].id == event.data.id && async.data.b == event.data.b", { id: 1, b: 1 }, { a: [{ id: 1 }], b: 1 }],
    ["async.data.n < 1e21", {}, { n: 1 }],
    ["async.data.n == event.data.n", { n: 1.5e20 }, { n: 1.5e20 }],
    ["async.data.n == 1 && event.data.n > 1", { n: 1e21 }, { n: 1 }],
    ["async.data.id == r'a' && async.data.n == event.data.n", { n: 1 }, { id: "a", n: 1 }],
    ["async.data.id == 'it\\'s' && async.data.n == event.data.n", { n: 1 }, { id: "it's", n: 1 }],
    ["async.data.note != event.data.note", { note: 'a "b"' }, { note: "c" }],
  ])("matches %s of %j", async (condition, data, answer) => {
    expect(await waited(condition, data, answer)).toMatchObject({ status: "COMPLETED", output: { data: true } });
  });

  it.each<[string, Data]>([
    ["async.data.xs.exists(x, (x.n) == event.data.n)", { n: 1 }],
    ["async.data.xs.exists(x, x == 1) && event.data.n == 1", { n: 1 }],
    ["async.data.n == event.data.n", { n: 1e21 }],
    ["async.data.n == event.data.n", { n: 2_000_000 }],
    ["async.data.o == event.data.o", { o: [{ n: 0.00001 }] }],
    ["async.data.n < 1e6 && async.data.id == event.data.id", {}],
    ["async.data.a[0].id == event.data.id", { id: 1 }],
    ["json_parse(async.data.a).id == event.data.id", { id: 1 }],
    ["async.data.a[event.data.n] == 1", { n: 0 }],
    ["async.data.id == event.data.id", { id: 'a "b"' }],
    ["async.data.id == event.data.id", { id: "a\nb" }],
    ["async.data.id == 'it\\'s'", {}],
    ["async.data.id == r'a'", {}],
    ['async.data.id == """a"""', {}],
  ])("is refused if it never holds on the server: %s of %j", async (condition, data) => {
    expect((await waited(condition, data, {}))?.output?.error).toMatchObject({
      name: "InvalidExpression",
      message: expect.stringContaining("never match"),
    });
  });

  it("cancels no run if it never holds on the server", async () => {
    w = await world((client) => [
      client.createFunction(
        { id: "f", triggers: { event: "go" }, cancelOn: [{ event: "stop", if: "async.data.id == event.data.id" }] },
        async ({ step }) => step.sleep("s", "1h"),
      ),
    ]);
    const ids = ["a", 'a "b"', 2_000_000];
    const events = await w.send(...ids.map((id) => ({ name: "go", data: { id } })));
    await w.send(...ids.map((id) => ({ name: "stop", data: { id } })));
    const statuses = await Promise.all(events.map(async (event) => (await w.runs(event))[0]?.status));
    expect(statuses).toEqual(["CANCELLED", "RUNNING", "RUNNING"]);
  });
});

describe("the condition of a trigger", () => {
  it.each<[string, Data, boolean]>([
    ["event.data.a == 1 // one", { a: 1 }, true],
    ["event.data.a == 'it\\'s'", { a: "it's" }, false],
    ["event.data.a == 'it\\'s'", { a: "it\\'s" }, true],
    ["event.data.a == r'a'", { a: "a" }, false],
    ['event.data.a == """a"""', { a: "a" }, false],
    ["lowercase(event.data.a) == 'é'", { a: "É" }, true],
    ["lowercase(event.data.a) == ''", { a: 1 }, true],
    ["lowercase(event.data.a) == ''", {}, false],
    ["uppercase(event.data.a) == 'X'", { a: "x" }, true],
    ["b64decode(event.data.a) == 'hello'", { a: "aGVsbG8=" }, true],
    ["b64decode(event.data.a) == 'hel'", { a: "aGVsbA" }, true],
    ["json_parse(event.data.a).x.y[0] == 'z'", { a: '{"x":{"y":["z"]}}' }, true],
    ["json_parse(event.data.a).missing == null", { a: '{"x":1}' }, true],
    ["size(json_parse(event.data.a)) == 0", { a: "[1]" }, true],
    ["date(event.data.a) < now()", { a: "2020-01-01T00:00:00Z" }, true],
    ["date(event.data.a) > now()", { a: "2029-12-31" }, false], // the virtual clock starts in 2030
    ["date(event.data.a) == date('2020-01-01')", { a: "2020-01-01T02:00:00+02:00" }, true],
    ["date(event.data.a) == date('2020-01-01')", { a: "2020-01-01T00:00:00" }, true],
    ["date(event.data.a) == date('2020-01-01')", { a: "2020-01-01 00:00:00" }, false],
    ["date(event.data.a) == date('2020-01-01')", { a: "Wed, 01 Jan 2020 00:00:00 UTC" }, true],
    ["date(event.data.a) == date('2020-01-01')", { a: "Wed Jan  1 00:00:00 2020" }, true],
    ["date(event.data.a) == date('2020-01-01')", { a: 1577836800 }, false],
    ["date(1577836800) == date('2020-01-01')", {}, true],
    ["date(1577836800000) == date('2020-01-01')", {}, true],
    ["date(1577836800000000000) == date('2020-01-01')", {}, true],
    ["date(event.data.a) < now()", { a: "nope" }, false],
    ["date(event.data.a) > now()", {}, false],
    ["now_plus('1h') > now() && now_minus(event.data.a) < now()", { a: "1d" }, true],
    ["now_minus('x') < now()", {}, false],
    ["now().getFullYear() == 2030", {}, true],
    ["date(event.data.a) - date('2020-01-01') == duration('24h')", { a: "2020-01-02" }, true],
  ])("%s of %j", async (condition, data, holds) => {
    expect(await triggered(condition, data)).toBe(holds);
  });
});

it("takes the server's functions in the keys of flow control", async () => {
  w = await world((client) => [
    client.createFunction(
      { id: "f", triggers: { event: "go" }, idempotency: "lowercase(event.data.email)" },
      async () => 1,
    ),
  ]);
  const events = await w.send({ name: "go", data: { email: "A@b.c" } }, { name: "go", data: { email: "a@B.c" } });
  const runs = await Promise.all(events.map((event) => w.runs(event)));
  expect(runs.flat()).toHaveLength(1);
});
