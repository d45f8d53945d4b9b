import { describe, expect, it } from "vitest";
import { get, mailboxForTest, post } from "./harness";

const email = { from: "a@shop.example", to: "b@shop.example", subject: "s", text: "t" };

async function withFault(fault: object) {
  const test = await mailboxForTest();
  await post(test.mailbox, "/faults", fault);
  const send = () => test.resend.emails.send(email, { idempotencyKey: "k" });
  const count = async () => (await get(test.mailbox, "/messages")).items.length;
  return { ...test, send, count };
}

describe("a fault", () => {
  it.each([
    [{ kind: "error" }, { statusCode: 500, name: "application_error" }],
    [
      { kind: "error", status: 503, code: "internal_server_error" },
      { statusCode: 503, name: "internal_server_error" },
    ],
    [
      { kind: "error", status: 400, code: "validation_error", message: "API key is invalid" },
      { statusCode: 400, name: "validation_error", message: "API key is invalid" },
    ],
    [{ kind: "rate_limit" }, { statusCode: 429, name: "rate_limit_exceeded" }],
    [{ kind: "reset" }, { statusCode: null, name: "application_error" }],
  ])("%j: nothing is sent, and the same key may send", async (fault, error) => {
    const { send, count } = await withFault(fault);
    const answer = await send();
    expect(answer.error).toMatchObject(error);
    if (fault.kind === "rate_limit") expect(answer.headers).toMatchObject({ "retry-after": "1" });
    expect(await count()).toBe(0);
    expect((await send()).error).toBeNull();
    expect(await count()).toBe(1);
  });

  it("answer_lost: the email is sent, and the same key gets its answer", async () => {
    const { send, count } = await withFault({ kind: "answer_lost" });
    expect((await send()).error).toMatchObject({ name: "application_error" });
    expect(await count()).toBe(1);
    expect((await send()).data).not.toBeNull();
    expect(await count()).toBe(1);
  });

  it("applied_error: the email is sent, and the same key gets its answer", async () => {
    const { send, count } = await withFault({ kind: "applied_error" });
    expect((await send()).error).toMatchObject({ statusCode: 500 });
    expect(await count()).toBe(1);
    expect((await send()).data).not.toBeNull();
    expect(await count()).toBe(1);
  });

  it("timeout: no answer; the key is in use until the client gives up", async () => {
    const { mailbox, send, count } = await withFault({ kind: "timeout" });
    const leave = new AbortController();
    const headers = { authorization: "Bearer re_steadfast", "idempotency-key": "k" };
    const stuck = fetch(`${mailbox.url}/emails`, { method: "POST", headers, body: "{}", signal: leave.signal });
    await expect.poll(() => mailbox.calls()).toBe(1);
    expect((await send()).error).toMatchObject({ statusCode: 409, name: "concurrent_idempotent_requests" });
    leave.abort();
    await expect(stuck).rejects.toThrow();
    await expect.poll(async () => (await send()).error).toBeNull();
    expect(await count()).toBe(1);
  });
});
