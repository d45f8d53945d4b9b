import { expect, test } from "vitest";
import { defang, greetingName } from "@/lib/email/customer-text";
import { type ResendEvent, resendEventSchema, suppressionOf } from "@/lib/email/email-events";
import { DRIP, type DripKind, decideDrip } from "@/lib/onboarding/drip-policy";
import type { Progress } from "@/lib/onboarding/progress";

const event = (type: string, data: object = {}): ResendEvent =>
  resendEventSchema.parse({ type, created_at: "2026-01-05T09:00:00.000Z", data: { email_id: "1", ...data } });

test.each([
  ["email.bounced", { bounce: { type: "Permanent", message: "No such user" } }, "bounced"],
  ["email.bounced", { bounce: { type: "Transient", message: "Mailbox full" } }, undefined],
  ["email.bounced", { bounce: { type: "Undetermined" } }, undefined],
  ["email.bounced", {}, undefined],
  ["email.complained", {}, "complained"],
  ["email.suppressed", { suppressed: { type: "OnAccountSuppressionList" } }, "bounced"],
  ["email.delivered", {}, undefined],
  ["email.opened", {}, undefined],
  ["email.invented_later", { to: 7, tags: [] }, undefined],
  ["contact.created", { email_id: undefined }, undefined],
])("%s %j suppresses the address: %s", (type, data, reason) => {
  expect(suppressionOf(event(type, data))?.reason).toBe(reason);
});

const at = new Date("2026-01-05T09:00:00Z");
const DONE: [string, Progress][] = [
  ["nothing", {}],
  ["a visit", { first_visit: at }],
  ["a profile", { first_visit: at, profile: at }],
  ["an order", { first_visit: at, first_order: at }],
  ["everything", { first_visit: at, first_order: at, profile: at }],
];
const EXPECTED: Record<DripKind, string[]> = {
  welcome: ["not_back_yet", "looked_around", "looked_around", "ordered", "ordered"],
  getting_started: ["not_back_yet", "looked_around", "profile_done", "ordered", "profile_done"],
  features: ["not_back_yet", "looked_around", "looked_around", "has_ordered", "has_ordered"],
  check_in: ["not_back_yet", "looked_around", "looked_around", "ordered", "ordered"],
};

test.each(DRIP.map(({ kind }) => kind))("decideDrip for %s depends on the completed steps", (kind) => {
  const decisions = DONE.map(([, progress]) => {
    const decision = decideDrip(kind, progress);
    return decision.send ? decision.activity : decision.reason;
  });
  expect(decisions).toEqual(EXPECTED[kind]);
});

test("the emails go out on days 0, 1, 3 and 7", () => {
  const waits = DRIP.map(({ wait }) => (wait === null ? 0 : Number.parseInt(wait, 10)));
  expect(waits.map((_, index) => waits.slice(0, index + 1).reduce((sum, days) => sum + days, 0))).toEqual([0, 1, 3, 7]);
});

test.each([
  ["Nora Neu", "Nora Neu"],
  ["  Søren \n Ødegård-Nuñez ", "Søren Ødegård-Nuñez"],
  ["J. R. R. Tolkien", "J. R. R. Tolkien"],
  ["李雷", "李雷"],
  ["Win at casino.example", "there"],
  ["https://x.example", "there"],
  ["me@example.org", "there"],
  ["<b>Bold</b>", "there"],
  ["x".repeat(61), "there"],
  ["D'Arcy O’Neill-Smith", "D'Arcy O’Neill-Smith"],
  ["Dr. María del Carmen García", "Dr. María del Carmen García"],
  ["Call +49 30 1234", "there"],
  ["evil。example", "there"],
  ["Your account is locked so call us now", "there"],
  ["Nora, your account is locked!", "there"],
  ["\u202e \u0007", "there"],
])("the greeting of %j is %j", (name, greeting) => {
  expect(greetingName(name)).toBe(greeting);
});

test.each([
  ["https://evil.example/x", "https[:]//evil[.]example/x"],
  ["HTTP:\\\\evil.example", "HTTP[:]\\\\evil[.]example"],
  ["go to www.evil.example now", "go to www[.]evil[.]example now"],
  ["evil.example", "evil[.]example"],
  ["evil\u200b.example and evil。example", "evil[.]example and evil[.]example"],
  ["böse.рф", "böse[.]рф"],
  ["//evil.example?a.b", "//evil[.]example?a.b"],
  ["mailto:x@evil.example", "mailto[:]x@evil[.]example"],
  ["tel:+49301234", "tel[:]+49301234"],
  ["http://10.0.0.1/x", "http[:]//10[.]0[.]0.1/x"],
  ["Main Street 1, Apt. 3/4\nc/o J. R. Smith, No. 12.5", "Main Street 1, Apt. 3/4\nc/o J. R. Smith, No. 12.5"],
])("%j becomes no link: %j", (text, safe) => {
  expect(defang(text)).toBe(safe);
});
