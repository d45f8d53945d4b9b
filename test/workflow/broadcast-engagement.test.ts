import { afterEach, beforeAll, expect, test } from "vitest";
import { join, type Member, reportEvent } from "./member";
import { type Operator, signedIn } from "./operator";
import { audit, MINUTE, openShop } from "./shop";

/** The provider's events of a broadcast's emails, and the operators' list of emails. */
const shop = openShop({ without: ["email-drip-campaign", "daily-digest"] });
afterEach(audit);

interface Email {
  id: string;
  kind: string;
  to: string;
  subject: string;
  status: string;
  lastEvent: string | null;
}
interface List {
  items: Email[];
  nextCursor: string | null;
}

let manager: Operator;
const readers: Member[] = [];
beforeAll(async () => {
  manager = await signedIn(shop);
  for (let n = 0; n < 4; n++) readers.push(await join(shop));
  // They alone have this role, so it selects them.
  await shop.sql(
    "UPDATE users SET role = CASE WHEN id = ANY($1) THEN 'admin' ELSE 'manager' END::role WHERE role = 'admin' OR id = ANY($1)",
    [readers.map(({ id }) => id)],
  );
});

const list = (query: string) => manager.read<List>(manager.get(`/api/admin/emails?${query}`));
const view = (id: string) => manager.read<Record<string, unknown>>(manager.get(`/api/admin/broadcasts/${id}`));

async function send(title: string): Promise<string> {
  const body = { title, message: "Hello.", segment: { type: "role", role: "admin" } };
  const { id } = await manager.read<{ id: string }>(manager.post("/api/admin/broadcasts", body), 201);
  await shop.clock.advance(MINUTE);
  return id;
}

const emailOf = async (reader: Member | undefined, title: string) =>
  (await reader?.emails())?.find(({ subject }) => subject === title);

test("opened, clicked, bounced and complained events count once each; a bounce and a complaint suppress the address", async () => {
  const id = await send("Engaged");
  const [opener, clicker, bouncer, complainer] = readers;
  for (const type of ["opened", "opened"]) await reportEvent(shop, await emailOf(opener, "Engaged"), type);
  await reportEvent(shop, await emailOf(clicker, "Engaged"), "clicked");
  await reportEvent(shop, await emailOf(bouncer, "Engaged"), "bounced");
  await reportEvent(shop, await emailOf(complainer, "Engaged"), "complained");
  expect(await view(id)).toMatchObject({
    counts: { recipients: 4, sent: 4 },
    engagement: { delivered: 4, opened: 2, clicked: 1, bounced: 1, complained: 1 },
  });
  const { items } = await list(`to=${opener?.email}`);
  expect(items.find(({ subject }) => subject === "Engaged")).toMatchObject({
    kind: "broadcast",
    to: opener?.email,
    status: "sent",
    lastEvent: "email.opened",
  });
  const next = await send("Afterwards");
  expect(await view(next)).toMatchObject({ counts: { recipients: 4, sent: 2, refused: 2 } });
  expect((await list(`to=${bouncer?.email}&status=suppressed`)).items).toMatchObject([{ subject: "Afterwards" }]);
});

test("an event that arrives before the answer to the sending request is recorded", async () => {
  await shop.fault("mailbox", { kind: "answer_lost", path: "/emails/batch" });
  const id = await send("Early");
  expect(await view(id)).toMatchObject({ engagement: { delivered: 2 } });
  await shop.clock.advance(2 * MINUTE);
  expect(await view(id)).toMatchObject({ counts: { sent: 2 }, engagement: { delivered: 2 } });
});

test("one list has all emails, newest first, each once for any page size", async () => {
  const [reader] = readers;
  await reader?.order();
  await shop.clock.advance(MINUTE);
  const whole = (await list("limit=100")).items;
  expect(new Set(whole.map(({ kind }) => kind))).toEqual(
    new Set(["broadcast", "order_confirmed", "gift_coupon", "verify_email"]),
  );
  const paged: Email[] = [];
  let cursor = "";
  do {
    const page = await list(`limit=3${cursor && `&cursor=${cursor}`}`);
    paged.push(...page.items);
    cursor = page.nextCursor ?? "";
  } while (cursor !== "");
  expect(paged).toEqual(whole);
  expect((await list(`to=${reader?.email}&limit=100`)).items).toEqual(whole.filter(({ to }) => to === reader?.email));
});
