import { Resend } from "resend";
import { describe, expect, it } from "vitest";
import { DAY, get, mailboxForTest } from "./harness";

const email = (to: string, subject = "Hello") => ({
  from: "Shop <shop@shop.example>",
  to,
  subject,
  html: `<p>${subject}</p>`,
  text: subject,
});

describe("sending", () => {
  it("answers an id and lists the email by its recipient", async () => {
    const { mailbox, resend } = await mailboxForTest();
    const sent = await resend.emails.send({
      ...email("Ada <Ada@shop.example>"),
      headers: { "List-Unsubscribe": "<https://shop.example/u>" },
      tags: [{ name: "kind", value: "welcome" }],
      replyTo: "help@shop.example",
    });
    await resend.emails.send(email("bob@shop.example"));
    const { items, nextCursor } = await get(mailbox, "/messages?to=ada@shop.example");
    expect(nextCursor).toBeNull();
    expect(items).toMatchObject([
      {
        id: sent.data?.id,
        to: ["Ada <Ada@shop.example>"],
        subject: "Hello",
        html: "<p>Hello</p>",
        text: "Hello",
        headers: { "List-Unsubscribe": "<https://shop.example/u>" },
        at: "2030-01-01T00:00:00.000Z",
      },
    ]);
    expect((await resend.emails.get(sent.data?.id ?? "")).data).toMatchObject({
      subject: "Hello",
      last_event: "sent",
      reply_to: ["help@shop.example"],
      tags: [{ name: "kind", value: "welcome" }],
    });
  });

  it("pages through the list, newest first", async () => {
    const { mailbox, resend } = await mailboxForTest();
    await resend.batch.send(["a", "b", "c"].map((subject) => email("ada@shop.example", subject)));
    const first = await get(mailbox, "/messages?limit=2");
    const second = await get(mailbox, `/messages?limit=2&cursor=${first.nextCursor}`);
    const subjects = [...first.items, ...second.items].map((item: { subject: string }) => item.subject);
    expect(subjects).toEqual(["c", "b", "a"]);
    expect(second.nextCursor).toBeNull();
    expect((await get(mailbox, "/messages?subject=B")).items).toHaveLength(1);
  });
});

describe("validation, in Resend's shape", () => {
  it.each([
    [{ to: "" }, 422, "missing_required_field", "Missing `to` field."],
    [{ subject: "" }, 422, "missing_required_field", "Missing `subject` field."],
    [{ html: undefined, text: undefined }, 422, "missing_required_field", "Missing `html` or `text` field."],
    [{ from: "nobody" }, 422, "invalid_from_address", "Invalid `from` field."],
    [{ to: "Ada ada@shop.example" }, 422, "validation_error", "Invalid `to` field."],
    [{ to: Array.from({ length: 51 }, (_, n) => `a${n}@shop.example`) }, 422, "validation_error", "at most 50"],
    [{ tags: [{ name: "order id", value: "1" }] }, 422, "validation_error", "Tags should only contain ASCII letters"],
    [{ attachments: [{ filename: "a.csv" }] }, 422, "invalid_attachment", "Attachment must have either"],
    [{ scheduled_at: "2031-01-01T00:00:00Z" }, 422, "validation_error", "does not support the `scheduled_at` field"],
  ])("%j is answered %i %s", async (change, statusCode, name, message) => {
    const { mailbox, resend } = await mailboxForTest();
    const { data, error } = await resend.post("/emails", { ...email("ada@shop.example"), ...change });
    expect(data).toBeNull();
    expect(error).toMatchObject({ statusCode, name, message: expect.stringContaining(message) });
    expect((await get(mailbox, "/messages")).items).toEqual([]);
  });

  it("asks for the right API key", async () => {
    const { mailbox } = await mailboxForTest();
    const answerTo = async (key: string) =>
      (await new Resend(key, { baseUrl: mailbox.url }).emails.send(email("ada@shop.example"))).error;
    const invalid = { name: "validation_error", message: "API key is invalid" };
    expect(await answerTo("re_unknown")).toMatchObject({ statusCode: 401, ...invalid });
    expect(await answerTo('"re_steadfast"')).toMatchObject({ statusCode: 400, ...invalid });
    const none = await fetch(`${mailbox.url}/emails`, { method: "POST", body: "{}" });
    expect(await none.json()).toMatchObject({ statusCode: 401, name: "missing_api_key" });
  });

  it.each([
    ["PUT", "/emails", 405, "method_not_allowed"],
    ["GET", "/emails/one/two", 404, "not_found"],
    ["GET", "/emails/not-a-uuid", 422, "invalid_parameter"],
    ["GET", "/emails/6a6f4c4e-0000-4000-8000-000000000000", 404, "not_found"],
  ])("%s %s is answered %i %s", async (method, path, status, name) => {
    const { mailbox } = await mailboxForTest();
    const answer = await fetch(mailbox.url + path, { method, headers: { authorization: "Bearer re_steadfast" } });
    expect(await answer.json()).toMatchObject({ statusCode: status, name });
  });
});

describe("a batch", () => {
  it("sends up to 100 in one call", async () => {
    const { mailbox, resend } = await mailboxForTest();
    const { data } = await resend.batch.send(Array.from({ length: 100 }, (_, n) => email(`a${n}@shop.example`)));
    expect(new Set(data?.data.map((one) => one.id)).size).toBe(100);
    expect(mailbox.calls()).toBe(1);
    const over = await resend.batch.send(Array.from({ length: 101 }, (_, n) => email(`a${n}@shop.example`)));
    expect(over.error).toMatchObject({ statusCode: 422, name: "validation_error" });
  });

  it("is strict unless notified otherwise: one bad email and none is sent", async () => {
    const { mailbox, resend } = await mailboxForTest();
    const { error } = await resend.batch.send([email("ada@shop.example"), email("nobody")]);
    expect(error).toMatchObject({ statusCode: 422 });
    expect((await get(mailbox, "/messages")).items).toEqual([]);
  });

  it("permissive sends the good ones and reports the rest", async () => {
    const { mailbox, resend } = await mailboxForTest();
    const { data } = await resend.batch.send([email("nobody"), email("ada@shop.example")], {
      batchValidation: "permissive",
    });
    expect(data).toMatchObject({ data: [{ id: expect.any(String) }], errors: [{ index: 0 }] });
    expect((await get(mailbox, "/messages")).items).toHaveLength(1);
  });

  it("permissive reports nothing when every email is accepted", async () => {
    const { resend } = await mailboxForTest();
    const { data } = await resend.batch.send([email("ada@shop.example")], { batchValidation: "permissive" });
    expect(data).toEqual({ data: [{ id: expect.any(String) }] });
  });

  it("refuses attachments", async () => {
    const { resend } = await mailboxForTest();
    const attachments = [{ filename: "a.csv", content: "YQ==" }];
    const { error } = await resend.post("/emails/batch", [{ ...email("ada@shop.example"), attachments }]);
    expect(error?.message).toContain("attachments");
  });
});

describe("an idempotency key", () => {
  it("sends once and answers the same for 24 hours, on batches too", async () => {
    const { clock, mailbox, resend } = await mailboxForTest();
    const send = () => resend.emails.send(email("ada@shop.example"), { idempotencyKey: "welcome/1" });
    const batch = () => resend.batch.send([email("bob@shop.example")], { idempotencyKey: "batch/1" });
    const [first, firstBatch] = [await send(), await batch()];
    expect((await send()).data).toEqual(first.data);
    expect((await batch()).data).toEqual(firstBatch.data);
    expect((await get(mailbox, "/messages")).items).toHaveLength(2);
    await clock.advance(DAY);
    expect((await send()).data?.id).not.toBe(first.data?.id);
  });

  it("of another payload is refused", async () => {
    const { resend } = await mailboxForTest();
    await resend.emails.send(email("ada@shop.example"), { idempotencyKey: "k" });
    const { error } = await resend.emails.send(email("bob@shop.example"), { idempotencyKey: "k" });
    expect(error).toMatchObject({ statusCode: 409, name: "invalid_idempotent_request" });
  });

  it("has 1 to 256 characters", async () => {
    const { resend } = await mailboxForTest();
    const { error } = await resend.emails.send(email("ada@shop.example"), { idempotencyKey: "k".repeat(257) });
    expect(error).toMatchObject({ statusCode: 400, name: "invalid_idempotency_key" });
  });
});

describe("the rate limit", () => {
  it("is ten a second, notifications in the headers, and open again the next second", async () => {
    const { clock, resend } = await mailboxForTest();
    const send = () => resend.emails.send(email("ada@shop.example"));
    const answers = [];
    for (let n = 0; n < 11; n += 1) answers.push(await send());
    expect(answers[0]?.headers).toMatchObject({ "ratelimit-limit": "10", "ratelimit-remaining": "9" });
    expect(answers[9]?.error).toBeNull();
    expect(answers[10]).toMatchObject({
      error: { statusCode: 429, name: "rate_limit_exceeded" },
      headers: { "retry-after": "1", "ratelimit-remaining": "0" },
    });
    await clock.advance(1000);
    expect((await send()).error).toBeNull();
  });

  it("can be lifted", async () => {
    const { resend } = await mailboxForTest({ ratePerSecond: 0 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => resend.emails.send(email("ada@shop.example"))));
    expect(answers.filter((answer) => answer.error)).toEqual([]);
  });
});
