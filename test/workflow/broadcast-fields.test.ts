import { afterEach, beforeAll, expect, test } from "vitest";
import { type Operator, signedIn } from "./operator";
import { audit, HASTY, MINUTE, openShop, type Shop } from "./shop";

const shop = openShop({
  env: HASTY,
  only: ["broadcast-notification", "send-individual-notification", "deliver-queued-email"],
});
afterEach(audit);

let manager: Operator;
beforeAll(async () => {
  // The roles select the users of the test.
  await shop.sql("UPDATE users SET role = 'customer'");
  manager = await signedIn(shop);
});

interface Listed {
  id: string;
  status: string;
  counts: Record<"recipients" | "sent" | "failed" | "unsubscribed", number>;
}
const list = async () => (await manager.read<{ items: Listed[] }>(manager.get("/api/admin/broadcasts"))).items;

/** Creates a user with this name and the role that the broadcasts of this test select. */
async function reader(name: string): Promise<string> {
  const email = `reader${Math.random().toString(36).slice(2, 10)}@readers.example`;
  await shop.sql(
    `INSERT INTO users (id, email, name, role, email_verified, created_at, updated_at)
     VALUES ($1, $1, $2, 'admin', true, '2026-01-01', '2026-01-01')`,
    [email, name],
  );
  return email;
}

async function only(email: string): Promise<Awaited<ReturnType<Shop["emails"]>>[number]> {
  const [first, ...more] = await shop.emails(email);
  expect(more).toEqual([]);
  return first ?? expect.fail(`no email to ${email}`);
}

test("each recipient's email has their own name, or the fallback; no name becomes markup or a link", async () => {
  const [ann, nobody, spam, markup, gone] = [
    await reader("Ann O'Hara"),
    await reader(""),
    await reader("Win at https://evil.example now"),
    await reader('<a href="https://evil.example">Ann</a>'),
    await reader("Gone"),
  ];
  await shop.sql(
    "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'marketing', false, '2026-01-01')",
    [gone],
  );
  const { id } = await manager.read<{ id: string }>(
    manager.post("/api/admin/broadcasts", {
      title: "{first_name|Dear reader}, a <word> for {name|you & yours}",
      message: `${"Long words. ".repeat(10)}{name|dear reader}\n\nHello {first_name|there}, { foo: 1 } is no field.`,
      segment: { type: "role", role: "admin" },
    }),
    201,
  );
  await shop.clock.runUntil(async () => (await list())[0]?.status === "sent", 10 * MINUTE);
  const email = await only(ann);
  expect(email.subject).toBe("Ann, a <word> for Ann O'Hara");
  expect(email.text).toContain("Hello Ann, { foo: 1 } is no field.");
  expect(email.html).toContain("Ann O&#39;Hara");
  expect(email.text).toContain("Ann O'Hara");
  for (const other of [nobody, spam, markup]) {
    const { subject, html, text } = await only(other);
    expect(subject).toBe("Dear reader, a <word> for you & yours");
    expect(html).toContain("you &amp; yours");
    expect(text).toContain("Hello there,");
    expect(html + text).not.toContain("evil");
  }
  expect((await only(ann)).html).not.toMatch(/\{\w+\||unsubscribe\.invalid/);
  expect(await shop.emails(gone)).toEqual([]);
  expect((await list())[0]).toMatchObject({
    ...{ id, status: "sent", counts: { recipients: 5, sent: 4, failed: 0, unsubscribed: 1 } },
  });
  const view = await manager.read(manager.get(`/api/admin/broadcasts/${id}`));
  expect(view).toMatchObject({ counts: { recipients: 5, sent: 4, refused: 1, unsubscribed: 1 } });
  // The names were stored for the retries only.
  expect(await shop.sql("SELECT user_id FROM notifications WHERE name IS NOT NULL")).toEqual([]);
});

test("a text with a wrong field is refused with its name, and nothing is saved", async () => {
  const before = await list();
  const refused = async (path: string, body: object) => {
    const answer = await manager.post(path, body);
    const { errors } = (await answer.json()) as { errors: { path: string; message: string }[] };
    return [answer.status, ...errors.map(({ path, message }) => `${path} ${message}`)];
  };
  const good = { title: "News", message: "Hello {name|there}" };
  const unknown = "has the unknown field {nmae|you}. Known are {name} and {first_name}";
  for (const path of ["/api/admin/broadcasts", "/api/admin/broadcasts/preview", "/api/admin/broadcasts/test"]) {
    expect(await refused(path, { ...good, title: "For {nmae|you}" })).toEqual([422, `title ${unknown}`]);
    expect(await refused(path, { ...good, message: "Hello {name|there" })).toEqual([
      ...[422, "message has a field that is never closed: {name|there"],
    ]);
    expect(await refused(path, { ...good, message: "Hello {{name}}" })).toEqual([
      ...[422, "message has a field in two braces: {{name}. Write {name} or {first_name}"],
    ]);
  }
  expect(await list()).toEqual(before);
});

test("a preview and a test have the author's name, are no broadcast, and the test reaches an author who unsubscribed", async () => {
  const before = await list();
  const draft = { title: "News for {name}", message: "Hello {first_name|there}, read <this>." };
  const segment = { type: "role", role: "manager" };
  const preview = await manager.read<{ recipients: number; email: Record<"subject" | "html" | "text", string> }>(
    manager.post("/api/admin/broadcasts/preview", { ...draft, segment }),
  );
  expect(preview).toMatchObject({ recipients: 1, email: { subject: "News for Staff" } });
  expect(preview.email.text).toContain("Hello Staff, read <this>.");
  expect(preview.email.html).toContain("Hello Staff, read &lt;this&gt;.");
  expect(preview.email.html).toContain("/api/unsubscribe?token=");
  const counted = await manager.read(manager.post("/api/admin/broadcasts/preview", { segment }));
  expect(counted).toEqual({ recipients: 1, email: null });

  await shop.sql(
    "INSERT INTO email_preferences (address, category, wanted, updated_at) VALUES ($1, 'marketing', false, '2026-01-01')",
    [manager.email],
  );
  await manager.read(manager.post("/api/admin/broadcasts/test", draft), 202);
  await shop.settle();
  const test = (await shop.emails(manager.email)).find(({ subject }) => subject === "[Test] News for Staff");
  expect(test?.text).toContain("Hello Staff, read <this>.");
  expect(await list()).toEqual(before);
});
