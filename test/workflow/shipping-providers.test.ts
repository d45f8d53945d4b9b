import { createECDH, createHmac, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import webPush from "web-push";
import { SMS_ACCOUNT, startNotifyProviders } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, MINUTE, openShop, type Placed } from "./shop";

const providers = await startNotifyProviders();
afterAll(() => providers.close());
const vapid = webPush.generateVAPIDKeys();
const secret = randomBytes(32).toString("base64");
const shop = openShop({
  only: ["process-order", "order-shipped"],
  env: {
    TWILIO_ACCOUNT_SID: SMS_ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: SMS_ACCOUNT.token,
    TWILIO_FROM: SMS_ACCOUNT.from,
    TWILIO_API_URL: providers.url,
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_SUBJECT: "mailto:push@steadfast.example",
    CRM_URL: `${providers.url}/crm`,
    CRM_SECRET: `whsec_${secret}`,
    NOTIFY_TIMEOUT_MS: "300",
  },
});
let manager: Operator;
let customer: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
  customer = await signedIn(shop, "customer");
});
afterEach(async () => {
  await shop.clearFaults();
  await audit();
});

const browser = (name: string) => {
  const keys = createECDH("prime256v1");
  const p256dh = keys.generateKeys("base64url");
  return { endpoint: `${providers.url}/push/${name}`, keys: { p256dh, auth: randomBytes(16).toString("base64url") } };
};
const subscribe = (body: unknown) => customer.post("/api/account/push-subscriptions", body);
const calls = (path: string) => providers.calls.filter((call) => call.path.includes(path) && call.method === "POST");
let count = 0;

/** Returns a shipped order of the customer with a unique phone number. */
async function shipped(): Promise<{ placed: Placed; phone: string; shipmentId: string }> {
  const phone = `+49301234${String(count++).padStart(3, "0")}`;
  const placed = await shop.checkout(await shop.product(1), { phone });
  await shop.sql("UPDATE orders SET user_id = $2 WHERE id = $1", [placed.id, customer.id]);
  await shop.clock.advance(MINUTE);
  const body = { carrier: "UPS", trackingNumber: `1Z${count}` };
  const answer = manager.post(`/api/admin/orders/${placed.id}/ship`, body);
  const { shipment } = await manager.read<{ shipment: { id: string } }>(answer, 201);
  return { placed, phone, shipmentId: shipment.id };
}
const texts = (phone: string) =>
  calls("Messages").filter(({ body }) => new URLSearchParams(body.toString()).get("To") === phone);
const messages = (shipmentId: string) =>
  shop.sql<{ channel: string; status: string }>(
    "SELECT channel, status FROM messages WHERE entity_id = $1 ORDER BY channel, target",
    [shipmentId],
  );
const shippingEmails = async (placed: Placed) =>
  (await shop.notifications(placed)).filter((subject) => subject.includes("on its way"));

test("each provider gets a request as its API requires", async () => {
  expect((await subscribe(browser("one"))).status).toBe(201);
  const { placed, phone, shipmentId } = await shipped();
  await shop.settle();
  const [text] = texts(phone);
  expect(text?.headers["content-type"]).toContain("application/x-www-form-urlencoded");
  const form = Object.fromEntries(new URLSearchParams(text?.body.toString()));
  expect(form).toMatchObject({ To: phone, From: SMS_ACCOUNT.from, Body: expect.stringContaining("ups.com") });
  const [push] = calls("/push/one");
  expect(push?.headers).toMatchObject({ "content-encoding": "aes128gcm", ttl: "86400", urgency: "normal" });
  expect(push?.headers.authorization).toMatch(new RegExp(`^vapid t=[\\w.-]+, k=${vapid.publicKey}$`));
  expect(push?.body.includes("on its way")).toBe(false);
  const [crm] = calls("/crm");
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = crm?.headers ?? {};
  const key = Buffer.from(secret, "base64");
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${crm?.body}`).digest("base64");
  expect(signature).toBe(`v1,${expected}`);
  expect(JSON.parse(String(crm?.body))).toMatchObject({
    id,
    type: "order.shipped",
    data: { orderId: placed.id, shipmentId },
  });
});

test("too many requests, an outage, a lost answer: each channel is retried alone, and each message is sent once", async () => {
  providers.fault("/2010", { status: 429, headers: { "retry-after": "3" } }, "lost");
  providers.fault("/push", { status: 503 }, { status: 429 });
  providers.fault("/crm", { status: 500 });
  const before = { push: calls("/push/one").length, crm: calls("/crm").length };
  const { placed, phone, shipmentId } = await shipped();
  await shop.clock.advance(10 * MINUTE);
  expect((await messages(shipmentId)).map(({ status }) => status)).toEqual(["sent", "sent", "sent"]);
  // The message whose answer was lost was found at Twilio and not sent again.
  expect(texts(phone)).toHaveLength(2);
  expect(calls("/push/one").length - before.push).toBe(3);
  expect(calls("/crm").length - before.crm).toBe(2);
  const keys = calls("/crm")
    .slice(-2)
    .map(({ headers }) => headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(1);
  expect(await shippingEmails(placed)).toHaveLength(1);
});

test("a text message is found at Twilio by its stored text, although the shipment has changed since", async () => {
  providers.fault("/2010", "lost");
  const { phone, shipmentId } = await shipped();
  await shop.settle();
  expect(texts(phone)).toHaveLength(1);
  await shop.sql("UPDATE shipments SET carrier = 'DHL' WHERE id = $1", [shipmentId]);
  await shop.clock.advance(10 * MINUTE);
  expect(await messages(shipmentId)).toContainEqual({ channel: "sms", status: "sent" });
  expect(texts(phone)).toHaveLength(1);
});

test("a number that Twilio refuses: no retry, the other channels are sent once, and the operators are alerted", async () => {
  providers.fault("/2010", { status: 400, body: { code: 21211, message: "Invalid 'To' Phone Number", status: 400 } });
  const { placed, phone, shipmentId } = await shipped();
  await shop.clock.advance(HOUR);
  expect(texts(phone)).toHaveLength(1);
  expect(await messages(shipmentId)).toEqual([
    { channel: "crm", status: "sent" },
    { channel: "push", status: "sent" },
    { channel: "sms", status: "failed" },
  ]);
  expect(await shippingEmails(placed)).toHaveLength(1);
  const alerts = await shop.sql("SELECT 1 FROM alerts WHERE incident = $1", [`message-failed:${shipmentId}`]);
  expect(alerts).toHaveLength(1);
});

test("a CRM that is down for a day: its retries end, and no other channel is sent twice", async () => {
  providers.fault("/crm", ...Array.from({ length: 30 }, () => ({ status: 502 })));
  const before = calls("/push/one").length;
  const { placed, phone, shipmentId } = await shipped();
  await shop.clock.runUntil(async () => (await messages(shipmentId))[0]?.status === "failed", 6 * HOUR);
  expect(texts(phone)).toHaveLength(1);
  expect(calls("/push/one").length - before).toBe(1);
  expect(await shippingEmails(placed)).toHaveLength(1);
});

test("a subscription that ended (410) is deleted; the other browser gets the message", async () => {
  expect((await subscribe(browser("two"))).status).toBe(201);
  providers.fault("/push/one", { status: 410 });
  const { shipmentId } = await shipped();
  await shop.settle();
  expect((await messages(shipmentId)).filter(({ channel }) => channel === "push")).toHaveLength(2);
  const { items } = await customer.read<{ items: { endpoint: string }[] }>(
    customer.get("/api/account/push-subscriptions"),
  );
  expect(items.map(({ endpoint }) => endpoint)).toEqual([`${providers.url}/push/two`]);
});

test("an invalid subscription is refused with the name of the field", async () => {
  for (const [body, path] of [
    [{ ...browser("x"), endpoint: "nonsense" }, "endpoint"],
    [{ ...browser("x"), endpoint: "https://push.example/x\u0000" }, "endpoint"],
    [{ ...browser("x"), endpoint: "ftp://push.example/x" }, "endpoint"],
    [{ ...browser("x"), keys: { p256dh: "AAAA", auth: "AAAA" } }, "keys.p256dh"],
  ] as const) {
    const { errors } = await customer.read<{ errors: { path: string }[] }>(subscribe(body), 422);
    expect(errors[0]?.path).toBe(path);
  }
  expect((await shop.post("/api/account/push-subscriptions", browser("x"))).status).toBe(401);
});

test("an event of an unknown shipment ends without retries and says so", async () => {
  const event = { name: "order/shipped", id: "ghost", data: { orderId: "ord_ghost", shipmentId: "shp_ghost" } };
  const sent = await fetch(`${shop.inngest}/e/test`, { method: "POST", body: JSON.stringify(event) });
  const { ids } = (await sent.json()) as { ids: string[] };
  await shop.settle();
  const runs = await fetch(`${shop.inngest}/api/v2/events/${ids[0]}/runs?includeOutput=true`);
  const { data } = (await runs.json()) as { data: { status: string; output: unknown }[] };
  const run = data.find(({ output }) => JSON.stringify(output).includes("no_such_shipment"));
  expect(run).toMatchObject({ status: "COMPLETED", output: { sms: "no_such_shipment", crm: "no_such_shipment" } });
});

test("a retry that fails after the first try succeeded neither resets the message nor sends it again", async () => {
  const { sendOnce } = await import("@/lib/messaging/send-once");
  const notice = { channel: "crm" as const, kind: "order_shipped", entityId: "shp_twice", target: "crm", body: {} };
  let sent = 0;
  const first = async () => {
    sent++;
    return { provider: "crm" };
  };
  // The engine assumed that the first try was lost, so both run.
  const second = sendOnce(notice, async () => {
    await sendOnce(notice, first);
    throw new Error("The connection broke off.");
  });
  await expect(second).rejects.toThrow("broke off");
  await sendOnce(notice, first);
  expect(sent).toBe(1);
  expect(await messages("shp_twice")).toEqual([{ channel: "crm", status: "sent" }]);
});
