import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { retryDelay } from "@/lib/webhooks-out/circuit-breaker";
import { type Call, startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, SECOND } from "./shop";

/** The webhooks that a receiver gets are those that the API document and docs/webhooks.md describe. */

const page = readFileSync("docs/webhooks.md", "utf8");
const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
const shop = openShop({
  only: [
    ...["process-order", "cancel-order", "process-refund", "apply-payment-webhook"],
    ...["plan-webhook-deliveries", "call-external-api", "ingest-api-call"],
  ],
});

interface Described {
  parameters: { name: string; required: boolean; schema: z.core.JSONSchema.JSONSchema }[];
  requestBody: { content: { "application/json": { schema: z.core.JSONSchema.JSONSchema } } };
}
let manager: Operator;
let described: Record<string, Described>;
beforeAll(async () => {
  manager = await signedIn(shop);
  const document = await fetch(`${shop.app}/api/openapi.json`);
  const { webhooks } = (await document.json()) as { webhooks: Record<string, { post: Described }> };
  described = Object.fromEntries(Object.entries(webhooks).map(([type, { post }]) => [type, post]));
});
afterEach(audit);

const bodySchema = (type: string) => {
  const { schema } = described[type]?.requestBody.content["application/json"] ?? expect.fail(`${type} is no webhook`);
  return z.fromJSONSchema(schema);
};

/** The code of the page, as a receiver runs it. */
const { verify }: { verify(headers: Call["headers"], body: string, secret: string): unknown } = await import(
  /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(block("js"))}`
);

const endpoint = () =>
  manager.read<{ id: string; secret: string }>(
    manager.post("/api/account/webhooks", {
      url: `${receiver.url}/hook`,
      events: Object.keys(described).filter((type) => type !== "api.call"),
    }),
    201,
  );

test("real deliveries of every type fit the document, and the code of docs/webhooks.md verifies them", async () => {
  const { id, secret } = await endpoint();
  const [shipped, cancelled] = [await shop.checkout(await shop.product(2)), await shop.checkout(await shop.product(1))];
  await shop.clock.advance(MINUTE);
  await manager.read(
    manager.post(`/api/admin/orders/${shipped.id}/ship`, { carrier: "DHL", trackingNumber: "1" }),
    201,
  );
  const partial = { amount: 500, reason: "A scratch" };
  await manager.read(
    manager.post(`/api/admin/orders/${shipped.id}/refund`, partial, { "idempotency-key": "part" }),
    201,
  );
  expect(await shop.cancel(cancelled)).toBe(202);
  const events = [{ name: "api/call", data: { userId: manager.id, payload: { hello: "world" } } }];
  await fetch(`${shop.inngest}/e/key`, { method: "POST", body: JSON.stringify(events) });
  await shop.clock.advance(MINUTE);

  const bodies = receiver.calls.map(({ headers, body }) => {
    const message = z.looseObject({ type: z.string(), data: z.unknown() }).parse(verify(headers, String(body), secret));
    const { data } = bodySchema(message.type).safeParse(message);
    expect(data, `${message.type} as the document describes it`).toEqual(message);
    for (const { name, schema } of described[message.type]?.parameters ?? [])
      expect(z.fromJSONSchema(schema).safeParse(headers[name]).success, name).toBe(true);
    return message;
  });
  expect(bodies.map(({ type }) => type).sort()).toEqual([
    ...["api.call", "order.cancelled", "order.confirmed", "order.confirmed", "order.refunded", "order.refunded"],
    "order.shipped",
  ]);
  // A partial refund is an event too.
  const refunds = bodies.filter(({ type }) => type === "order.refunded").map(({ data }) => data);
  expect(refunds).toContainEqual({
    ...{ orderId: shipped.id, number: expect.any(String), total: { amount: 2_500, currency: "EUR" } },
    refund: { id: expect.any(String), amount: { amount: 500, currency: "EUR" }, reason: "A scratch" },
  });
  await manager.remove(`/api/account/webhooks/${id}`);
});

test("the code of docs/webhooks.md refuses another body, another secret and an old request", async () => {
  const { id, secret } = await endpoint();
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  const { headers, body } = receiver.calls.at(-1) ?? expect.fail("no call");
  expect(verify(headers, String(body), secret)).toMatchObject({ type: "order.confirmed" });
  expect(() => verify(headers, `${body} `, secret)).toThrow("signature");
  expect(() => verify(headers, String(body), `whsec_${btoa("another secret")}`)).toThrow("signature");
  expect(() => verify({ ...headers, "webhook-signature": undefined }, String(body), secret)).toThrow("signature");
  await shop.clock.advance(HOUR);
  expect(() => verify(headers, String(body), secret)).toThrow("too old");
  await manager.remove(`/api/account/webhooks/${id}`);
});

test("docs/webhooks.md names every type, shows a valid example, and has the delays of the retries", () => {
  const types = [...page.matchAll(/^\| `([a-z.]+)`/gm)].map(([, type]) => type);
  expect(types).toEqual(Object.keys(described));
  const example: unknown = JSON.parse(block("json"));
  expect(bodySchema("order.refunded").safeParse(example).error).toBeUndefined();
  const units: Record<string, number> = { seconds: SECOND, minutes: MINUTE, hours: HOUR };
  const delays = [...page.matchAll(/^\| (\d) +\| (\d+) (\w+) later/gm)].map(([, failed, amount, unit = ""]) => [
    Number(failed),
    Number(amount) * (units[unit] ?? 0),
  ]);
  expect(delays).toEqual([1, 2, 3, 4, 5, 6, 7].map((failed) => [failed, retryDelay(failed)]));
  expect(retryDelay(8)).toBeUndefined();
});
