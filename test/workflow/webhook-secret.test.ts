import { Resend } from "resend";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Call, startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, openShop, SECOND } from "./shop";

const receiver = await startProvider(() => ({ status: 204 }));
afterAll(() => receiver.close());
const shop = openShop({ only: ["process-order", "plan-webhook-deliveries", "call-external-api"] });
let manager: Operator;
beforeAll(async () => {
  manager = await signedIn(shop);
});
afterEach(audit);

interface Webhook {
  id: string;
  secret: string;
  oldSecretsUntil: string | null;
}

const create = () =>
  manager.read<Webhook>(
    manager.post("/api/account/webhooks", { url: `${receiver.url}/hook`, events: ["order.confirmed"] }),
    201,
  );
const rotate = ({ id }: Webhook, body: object = {}) => manager.post(`/api/account/webhooks/${id}/rotate-secret`, body);

async function nextCall(): Promise<Call> {
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  return receiver.calls.at(-1) ?? expect.fail("no call");
}

/** Returns whether a receiver with this secret accepts the call, according to an independent library. */
function accepts(secret: string, { headers, body }: Call): boolean {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signature = "" } = headers;
  try {
    const payload = String(body);
    new Resend("re_x").webhooks.verify({ payload, headers: { id, timestamp, signature }, webhookSecret: secret });
    return true;
  } catch {
    return false;
  }
}

test("after a rotation both secrets sign for a day, then only the new one", async () => {
  const hook = await create();
  const first = await nextCall();
  expect([accepts(hook.secret, first), first.headers["webhook-signature"]?.split(" ").length]).toEqual([true, 1]);
  const rotated = await manager.read<Webhook>(rotate(hook));
  expect(rotated.secret).not.toBe(hook.secret);
  expect(new Date(rotated.oldSecretsUntil ?? 0).getTime() - shop.clock.now()).toBe(24 * HOUR);
  const between = await nextCall();
  expect([accepts(hook.secret, between), accepts(rotated.secret, between)]).toEqual([true, true]);
  const shown = await manager.read(manager.get(`/api/account/webhooks/${hook.id}`));
  expect(JSON.stringify(shown)).not.toContain("whsec_");
  await shop.clock.advance(24 * HOUR);
  const after = await nextCall();
  expect([accepts(hook.secret, after), accepts(rotated.secret, after)]).toEqual([false, true]);
  await manager.remove(`/api/account/webhooks/${hook.id}`);
});

test("rotated twice because an answer was lost, the secret in use still signs; a grace period of 0 ends all old secrets", async () => {
  const hook = await create();
  const lost = await manager.read<Webhook>(rotate(hook));
  const current = await manager.read<Webhook>(rotate(hook));
  const call = await nextCall();
  expect([hook, lost, current].map(({ secret }) => accepts(secret, call))).toEqual([true, true, true]);
  const safe = await manager.read<Webhook>(rotate(hook, { graceHours: 0 }));
  expect(safe.oldSecretsUntil).toBeNull();
  const after = await nextCall();
  expect([hook, lost, current, safe].map(({ secret }) => accepts(secret, after))).toEqual([false, false, false, true]);
  await manager.remove(`/api/account/webhooks/${hook.id}`);
});

test("an invalid grace period, a sixth old secret, and an endpoint of somebody else are refused", async () => {
  const hook = await create();
  for (const graceHours of [-1, 1.5, 200, "24"]) {
    const { errors } = await manager.read<{ errors: { path: string }[] }>(rotate(hook, { graceHours }), 422);
    expect(errors[0]?.path).toBe("graceHours");
  }
  for (let n = 0; n < 5; n++) expect((await rotate(hook)).status).toBe(200);
  expect(await manager.read(rotate(hook), 409)).toMatchObject({ code: "too_many_secrets" });
  const other = await signedIn(shop);
  expect((await other.post(`/api/account/webhooks/${hook.id}/rotate-secret`, {})).status).toBe(404);
  expect((await fetch(`${shop.app}/api/account/webhooks/${hook.id}/rotate-secret`, { method: "POST" })).status).toBe(
    401,
  );
  await manager.remove(`/api/account/webhooks/${hook.id}`);
});
