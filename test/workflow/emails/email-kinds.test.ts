import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EMAIL_KINDS, type EmailKind } from "@/lib/email/email-kinds";
import { join, type ReceivedEmail } from "../member";
import { signedIn } from "../operator";
import { audit, MINUTE, openShop, SECOND } from "../shop";
import { BROADCAST } from "./readers";
import { emailSamples } from "./samples";

const ADDRESS = "Steadfast GmbH, Lindenweg 7, 10115 Berlin";
const shop = openShop({ env: { EMAIL_POSTAL_ADDRESS: ADDRESS } });
afterAll(audit);

const NAME = "Jörg-Maximilian Großkreutz";
const HOSTILE = `<script>alert("1")</script>\r\nBcc: everybody@evil.example`;

/** Kinds of optional email. */
const OPTIONAL = /^(gift_coupon|digest|notification|drip_)/;

type Case = [kind: EmailKind, about: string, index: number];
const CASES: Case[] = Object.entries(emailSamples(NAME)).flatMap(([kind, samples]) =>
  samples.map(({ about }, index): Case => [kind as EmailKind, about, index]),
);

let count = 0;

/** Sends a sample as the shop does, and returns the received email. */
async function send(kind: EmailKind, index: number, name: string): Promise<{ email: ReceivedEmail; says: string[] }> {
  const { sendEmail } = await import("@/lib/email/send-email");
  const sample = emailSamples(name)[kind][index] ?? expect.fail("no such sample");
  const to = `reader${++count}@customers.example`;
  // The provider accepts ten requests a second.
  await shop.clock.advance(SECOND);
  await shop.clock.busy(sendEmail({ kind, entityId: `sample${count}`, to }, sample.compose));
  return { email: await arrived(to), says: sample.says };
}

async function arrived(to: string): Promise<ReceivedEmail> {
  const answer = await fetch(`${shop.mailbox}/messages?to=${to}`);
  const { items } = (await answer.json()) as { items: ReceivedEmail[] };
  return items[0] ?? expect.fail(`no email to ${to}`);
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
const oneLine = (text: string) => text.replace(/\s+/g, " ");

/** Returns the visible text of the HTML, with the URL of each link before its text. */
function visible(html: string): string {
  const text = html
    .replace(/<head>[\s\S]*?<\/head>|<!--[\s\S]*?-->/g, "")
    .replace(/<a [^>]*?href="([^"]*)"[^>]*>/g, " $1 ")
    .replace(/<[^>]+>/g, " ")
    .replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  return oneLine(text);
}

function expectWellFormed({ subject, html, text }: ReceivedEmail): void {
  for (const part of [subject, visible(html), text]) {
    expect(part).not.toBe("");
    expect(part).not.toMatch(/undefined|NaN|\[object|Invalid Date|\{name\}|unsubscribe\.invalid/);
  }
  expect(subject).not.toMatch(/\p{Cc}/u);
  expect(html).not.toMatch(/<script|javascript:/i);
  // The preview text that an inbox shows beside the subject.
  expect(/<div style="display:none[^>]*>([^<]+)</.exec(html)?.[1]?.trim()).toBeTruthy();
}

/** Optional email has an unsubscribe link, for people and for email programs. Transactional email has none. */
function expectUnsubscribeLink({ headers, html, text }: ReceivedEmail, optional: boolean): void {
  const link = /^<(.+)>$/.exec(headers["List-Unsubscribe"] ?? "")?.[1];
  if (!optional) {
    expect(headers).not.toHaveProperty("List-Unsubscribe");
    expect(headers).not.toHaveProperty("List-Unsubscribe-Post");
    expect(visible(html) + text).not.toMatch(/unsubscribe/i);
    return;
  }
  expect(link).toContain(`${shop.app}/api/unsubscribe?token=`);
  expect(headers["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
  expect(visible(html)).toContain(`${link} Unsubscribe`);
  expect(text).toContain(`Unsubscribe ${link}`);
  for (const part of [visible(html), text]) expect(part).toContain(ADDRESS);
}

test("every kind of email has a sample", () => {
  expect(Object.keys(emailSamples(NAME)).sort()).toEqual(Object.keys(EMAIL_KINDS).sort());
});

describe.each(CASES)("%s, %s", (kind, _about, index) => {
  test("has its content in HTML and in plain text, and an unsubscribe link if it is optional", async () => {
    const { email, says } = await send(kind, index, NAME);
    expectWellFormed(email);
    expectUnsubscribeLink(email, OPTIONAL.test(kind));
    for (const said of says) {
      expect(visible(email.html)).toContain(said);
      expect(oneLine(email.text)).toContain(said);
    }
  });

  test("escapes a hostile name", async () => {
    const { email } = await send(kind, index, HOSTILE);
    expectWellFormed(email);
    expect(Object.keys(email.headers).filter((name) => !name.startsWith("List-Unsubscribe"))).toEqual([]);
  });
});

describe("a broadcast", () => {
  let email: ReceivedEmail;
  beforeAll(async () => {
    const reader = await join(shop, NAME);
    await shop.sql("UPDATE users SET role = 'admin' WHERE id = $1", [reader.id]);
    const manager = await signedIn(shop);
    const segment = { type: "role", role: "admin" };
    await manager.read(manager.post("/api/admin/broadcasts", { ...BROADCAST, segment }), 201);
    const found = async () => (await reader.subjects()).includes(BROADCAST.title);
    await shop.clock.runUntil(found, 10 * MINUTE);
    email = (await reader.emails()).find(({ subject }) => subject === BROADCAST.title) ?? expect.fail("no broadcast");
  });

  test("has its text line by line, and an unsubscribe link", () => {
    expectWellFormed(email);
    expectUnsubscribeLink(email, true);
    expect(visible(email.html)).toContain("Tea & cakes <from 3 p.m.> on us. Yours, Steadfast");
    expect(email.text).toContain("Tea & cakes <from 3 p.m.> on us.\n\nYours,\nSteadfast");
  });
});
