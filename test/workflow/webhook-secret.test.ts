import { Resend } from "resend";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Call, startProvider } from "./messaging-providers";
import { type Operator, signedIn } from "./operator";
import { audit, HOUR, openShop, SECOND } from "./shop";

const partner = await startProvider(() => ({ status: 204 }));
afterAll(() => partner.close());
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
    manager.post("/api/account/webhooks", { url: `${partner.url}/hook`, events: ["order.confirmed"] }),
    201,
  );
const rotate = ({ id }: Webhook, body: object = {}) => manager.post(`/api/account/webhooks/${id}/rotate-secret`, body);

async function nextCall(): Promise<Call> {
  await shop.checkout(await shop.product(1));
  await shop.clock.advance(2 * SECOND);
  return partner.calls.at(-1) ?? expect.fail("no call");
}

/** Whether a receiver that knows this secret takes the call, by a library that has never heard of ours. */
function takes(secret: string, { headers, body }: Call): boolean {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "", "webhook-signature": signature = "" } = headers;
  try {
    const payload = String(body);
    new Resend("re_x").webhooks.verify({ payload, headers: { id, timestamp, signature }, webhookSecret: secret });
    return true;
  } catch {
    return false;
  }
}

test("for a day after a new secret both sign, then the new one alone", async () => {
  const hook = await create();
  const first = await nextCall();
  expect([takes(hook.secret, first), first.headers["webhook-signature"]?.split(" ").length]).toEqual([true, 1]);
  const rotated = await manager.read<Webhook>(rotate(hook));
  expect(rotated.secret).not.toBe(hook.secret);
  expect(new Date(rotated.oldSecretsUntil ?? 0).getTime() - shop.clock.now()).toBe(24 * HOUR);
  const between = await nextCall();
  expect([takes(hook.secret, between), takes(rotated.secret, between)]).toEqual([true, true]);
  const shown = await manager.read(manager.get(`/api/account/webhooks/${hook.id}`));
  expect(JSON.stringify(shown)).not.toContain("whsec_");
  await shop.clock.advance(24 * HOUR);
  const after = await nextCall();
  expect([takes(hook.secret, after), takes(rotated.secret, after)]).toEqual([false, true]);
  await manager.remove(`/api/account/webhooks/${hook.id}`);
});

test("asked again because an answer was lost, the secret in use still signs; a leaked one is ended at once", async () => {
  const hook = await create();
  const lost = await manager.read<Webhook>(rotate(hook));
  const kept = await manager.read<Webhook>(rotate(hook));
  const call = await nextCall();
  expect([hook, lost, kept].map(({ secret }) => takes(secret, call))).toEqual([true, true, true]);
  const safe = await manager.read<Webhook>(rotate(hook, { graceHours: 0 }));
  expect(safe.oldSecretsUntil).toBeNull();
  const after = await nextCall();
  expect([hook, lost, kept, safe].map(({ secret }) => takes(secret, after))).toEqual([false, false, false, true]);
  await manager.remove(`/api/account/webhooks/${hook.id}`);
});

test("a time that makes no sense is refused by name, a sixth secret too, and somebody else's webhook is not there", async () => {
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
