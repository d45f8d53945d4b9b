import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EMAIL_KINDS, type EmailKind } from "@/lib/email/email-kinds";
import { join, type Letter } from "../member";
import { signedIn } from "../operator";
import { audit, MINUTE, openShop, SECOND } from "../shop";
import { BROADCAST } from "./readers";
import { emailSamples } from "./samples";

const ADDRESS = "Steadfast GmbH, Lindenweg 7, 10115 Berlin";
const shop = openShop({ env: { EMAIL_POSTAL_ADDRESS: ADDRESS } });
afterAll(audit);

const NAME = "Jörg-Maximilian Großkreutz";
const HOSTILE = `<script>alert("1")</script>\r\nBcc: everybody@evil.example`;

/** What nobody is owed. */
const OPTIONAL = /^(gift_coupon|digest|drip_)/;

type Case = [kind: EmailKind, about: string, index: number];
const CASES: Case[] = Object.entries(emailSamples(NAME)).flatMap(([kind, samples]) =>
  samples.map(({ about }, index): Case => [kind as EmailKind, about, index]),
);

let count = 0;

/** Sends a sample as the shop does, and reads what arrived. */
async function send(kind: EmailKind, index: number, name: string): Promise<{ letter: Letter; says: string[] }> {
  const { sendEmail } = await import("@/lib/email/send-email");
  const sample = emailSamples(name)[kind][index] ?? expect.fail("no such sample");
  const to = `reader${++count}@customers.example`;
  // The provider takes ten a second.
  await shop.clock.advance(SECOND);
  await shop.clock.busy(sendEmail({ kind, entityId: `sample${count}`, to }, sample.compose));
  return { letter: await arrived(to), says: sample.says };
}

async function arrived(to: string): Promise<Letter> {
  const answer = await fetch(`${shop.mailbox}/messages?to=${to}`);
  const { items } = (await answer.json()) as { items: Letter[] };
  return items[0] ?? expect.fail(`no email to ${to}`);
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" };
const oneLine = (text: string) => text.replace(/\s+/g, " ");

/** What a reader of the HTML sees, with the address of each link before its words. */
function visible(html: string): string {
  const text = html
    .replace(/<head>[\s\S]*?<\/head>|<!--[\s\S]*?-->/g, "")
    .replace(/<a [^>]*?href="([^"]*)"[^>]*>/g, " $1 ")
    .replace(/<[^>]+>/g, " ")
    .replace(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole);
  return oneLine(text);
}

function expectNoSlip({ subject, html, text }: Letter): void {
  for (const part of [subject, visible(html), text]) {
    expect(part).not.toBe("");
    expect(part).not.toMatch(/undefined|NaN|\[object|Invalid Date|\{name\}|unsubscribe\.invalid/);
  }
  expect(subject).not.toMatch(/\p{Cc}/u);
  expect(html).not.toMatch(/<script|javascript:/i);
  // The line that an inbox shows beside the subject.
  expect(/<div style="display:none[^>]*>([^<]+)</.exec(html)?.[1]?.trim()).toBeTruthy();
}

/** What one can do without says how to end it, to people and to email programs; what is owed does not. */
function expectWayOut({ headers, html, text }: Letter, optional: boolean): void {
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
  test("says what matters in HTML and in plain text, and offers a way out where there is one", async () => {
    const { letter, says } = await send(kind, index, NAME);
    expectNoSlip(letter);
    expectWayOut(letter, OPTIONAL.test(kind));
    for (const said of says) {
      expect(visible(letter.html)).toContain(said);
      expect(oneLine(letter.text)).toContain(said);
    }
  });

  test("takes nothing from a hostile name but its text", async () => {
    const { letter } = await send(kind, index, HOSTILE);
    expectNoSlip(letter);
    expect(Object.keys(letter.headers).filter((name) => !name.startsWith("List-Unsubscribe"))).toEqual([]);
  });
});

describe("a broadcast", () => {
  let letter: Letter;
  beforeAll(async () => {
    const reader = await join(shop, NAME);
    await shop.sql("UPDATE users SET role = 'admin' WHERE id = $1", [reader.id]);
    const manager = await signedIn(shop);
    const segment = { type: "role", role: "admin" };
    await manager.read(manager.post("/api/admin/broadcasts", { ...BROADCAST, segment }), 201);
    const found = async () => (await reader.subjects()).includes(BROADCAST.title);
    await shop.clock.runUntil(found, 10 * MINUTE);
    letter = (await reader.letters()).find(({ subject }) => subject === BROADCAST.title) ?? expect.fail("no broadcast");
  });

  test("says what was written, line by line, and offers a way out", () => {
    expectNoSlip(letter);
    expectWayOut(letter, true);
    expect(visible(letter.html)).toContain("Tea & cakes <from 3 p.m.> on us. Yours, Steadfast");
    expect(letter.text).toContain("Tea & cakes <from 3 p.m.> on us.\n\nYours,\nSteadfast");
  });
});
