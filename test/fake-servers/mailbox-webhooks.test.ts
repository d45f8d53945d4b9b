import { Resend } from "resend";
import { describe, expect, it } from "vitest";
import { mailboxForTest, post, type Received, WEBHOOK_SECRET, webhookEndpoint } from "./harness";

const email = (to: string) => ({ from: "shop@shop.example", to, subject: "s", html: "<p>h</p>", text: "t" });

/** Verifies as the SDK tells one to; its clock is the machine's, so the timestamp is given. */
function verified(received: Received) {
  return new Resend("re_steadfast").webhooks.verify({
    payload: received.body,
    headers: {
      id: received.headers["svix-id"] ?? "",
      timestamp: received.headers["svix-timestamp"] ?? "",
      signature: received.headers["svix-signature"] ?? "",
    },
    webhookSecret: WEBHOOK_SECRET,
  });
}

const typesOf = (received: Received[]) => received.map((one) => JSON.parse(one.body).type);

async function withHook(answer?: () => number, start?: number) {
  const hook = await webhookEndpoint(answer);
  return { hook, ...(await mailboxForTest({ webhook: { url: hook.url, secret: WEBHOOK_SECRET } }, start)) };
}

describe("webhooks", () => {
  it("are signed so that the official SDK accepts them", async () => {
    const { hook, clock, resend } = await withHook(undefined, Date.now());
    await resend.emails.send({ ...email("ada@shop.example"), tags: [{ name: "kind", value: "welcome" }] });
    await clock.advance(2000);
    expect(hook.received.map(verified)).toMatchObject([
      { type: "email.sent", data: { to: ["ada@shop.example"], tags: { kind: "welcome" } } },
      { type: "email.delivered", data: { subject: "s" } },
    ]);
    const [first] = hook.received;
    expect(() => first && verified({ ...first, body: `${first.body} ` })).toThrow();
  });

  it.each([
    ["delivered@resend.dev", ["email.sent", "email.delivered"]],
    ["bounced+label@resend.dev", ["email.sent", "email.bounced"]],
    ["complained@resend.dev", ["email.sent", "email.delivered", "email.complained"]],
    ["suppressed@resend.dev", ["email.sent", "email.suppressed"]],
  ])("%s acts as documented", async (to, types) => {
    const { hook, clock, resend } = await withHook();
    await resend.emails.send(email(to));
    await clock.advance(10_000);
    expect(typesOf(hook.received)).toEqual(types);
  });

  it("report opens, clicks, bounces and complaints that a test asks for", async () => {
    const { hook, clock, mailbox, resend } = await withHook();
    const { data } = await resend.emails.send(email("ada@shop.example"));
    for (const type of ["opened", "email.clicked", "bounced", "complained"]) {
      const link = type === "email.clicked" ? { link: "https://shop.example/" } : {};
      expect((await post(mailbox, `/messages/${data?.id}/events`, { type, ...link })).status).toBe(202);
    }
    await clock.settle();
    expect(typesOf(hook.received)).toEqual(
      ["sent", "opened", "clicked", "bounced", "complained"].map((type) => `email.${type}`),
    );
    expect(JSON.parse(hook.received[2]?.body ?? "").data.click.link).toBe("https://shop.example/");
    expect((await post(mailbox, `/messages/${data?.id}/events`, { type: "eaten" })).status).toBe(422);
  });

  it("come again on Resend's schedule, with the same id, until they are taken", async () => {
    let taken = false;
    const { hook, clock, mailbox, resend } = await withHook(() => (taken ? 200 : 500));
    await post(mailbox, "/webhooks/control", { mode: "deliver" });
    await resend.emails.send(email("bounced@resend.dev"));
    await clock.settle();
    const sentOnly = () => hook.received.filter((one) => JSON.parse(one.body).type === "email.sent");
    for (const [wait, attempts] of [
      [5_000, 2],
      [5 * 60_000, 3],
      [30 * 60_000, 4],
    ] as const) {
      await clock.advance(wait);
      expect(sentOnly()).toHaveLength(attempts);
    }
    taken = true;
    await clock.advance(2 * 3_600_000);
    await clock.advance(24 * 3_600_000);
    expect(sentOnly()).toHaveLength(5);
    expect(new Set(sentOnly().map((one) => one.headers["svix-id"])).size).toBe(1);
  });
});
