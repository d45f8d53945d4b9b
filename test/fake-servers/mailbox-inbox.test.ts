import { describe, expect, it } from "vitest";
import { get, mailboxForTest, post, webhookEndpoint } from "./harness";

const HOSTILE = `"><script>alert(1)</script>`;

async function withEmail(more: object = {}) {
  const test = await mailboxForTest();
  const { data } = await test.resend.emails.send({
    from: "Shop <shop@shop.example>",
    to: "ada@shop.example",
    subject: `Hello ${HOSTILE}`,
    html: '<p>Hi</p><a class="b" href="https://shop.example/a?x=1&amp;y=2">one</a><a href="mailto:a@b.example">two</a>',
    text: `Hi ${HOSTILE}`,
    ...more,
  });
  const id = data?.id ?? "";
  const read = async (path: string) => (await fetch(test.mailbox.url + path)).text();
  const events = async () => {
    const message = await get(test.mailbox, `/messages/${id}`);
    return message.events.map((event: { type: string; link?: string }) => event.link ?? event.type);
  };
  return { ...test, id, read, events };
}

describe("the inbox", () => {
  it("lists emails, searches by recipient and escapes what they say", async () => {
    const { read, id } = await withEmail();
    const all = await read("/");
    expect(all).toContain(`href="/inbox/${id}"`);
    expect(all).not.toContain("<script>");
    expect(await read("/?to=bob@shop.example")).toContain("No email to bob@shop.example");
    expect(await read(`/?to=${encodeURIComponent(HOSTILE)}`)).not.toContain("<script>");
  });

  it("shows a email with headers, plain text and the HTML in a sandbox that runs nothing", async () => {
    const { mailbox, read, id } = await withEmail({ headers: { "X-Note": HOSTILE } });
    const page = await read(`/inbox/${id}`);
    expect(page).toContain("Shop &lt;shop@shop.example&gt;");
    expect(page).toMatch(/<iframe [^>]*sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"/);
    expect(await read(`/inbox/${id}?view=headers`)).toContain("X-Note");
    expect(await read(`/inbox/${id}?view=text`)).toContain("Hi &quot;&gt;&lt;script");
    expect(await read(`/inbox/${id}?view=source`)).toContain("&lt;p&gt;Hi");
    for (const view of ["", "phone", "headers", "text", "source"]) {
      const shown = await read(`/inbox/${id}?view=${view}`);
      expect(shown).not.toContain("<script>");
      expect(shown).not.toMatch(/(?:src|href)="https?:/);
    }
    for (const [path, allowed] of [
      ["", "script-src 'self'"],
      ["/body", "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox;"],
    ]) {
      const answer = await fetch(`${mailbox.url}/inbox/${id}${path}`);
      expect(answer.headers.get("content-security-policy")).toContain(allowed);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(answer.headers.get("content-security-policy")).not.toContain("allow-scripts");
    }
  });

  it("finds emails by words of the subject or a part of the recipient, and pages through many", async () => {
    const { resend, read } = await withEmail();
    const batch = Array.from({ length: 100 }, (_, n) => ({
      ...{ from: "a@shop.example", to: `n${n}@shop.example`, subject: `Number ${n}`, text: "t" },
    }));
    await resend.batch.send(batch);
    expect(await read("/?q=NUMBER+42")).toContain("Number 42");
    expect(await read("/?q=ada")).not.toContain("Number");
    expect(await read("/?q=nobody")).toContain("No email to nobody");
    const [, older = ""] = /href="([^"]*)">Older/.exec(await read("/")) ?? [];
    expect(await read(older.replaceAll("&amp;", "&"))).toContain("ada@shop.example");
  });

  it("searches the bodies, distinguishes read from unread, and deletes one or all that were found", async () => {
    const { mailbox, resend, read, id } = await withEmail();
    const email = { from: "a@shop.example", to: "bob@shop.example", subject: "Other", text: "The Kettle has shipped" };
    await resend.emails.send(email);
    const subjects = async (query: string) =>
      [...(await read(`/${query}`)).matchAll(/<a href="\/inbox[^>]*>(\w+)/g)].map(([, word]) => word);
    expect(await subjects("?q=kettle+has")).toEqual(["Other"]);
    expect(await subjects("?q=one")).toEqual([]);
    await read(`/inbox/${id}`);
    expect(await subjects("?unread=1")).toEqual(["Other"]);
    expect(await read("/")).toContain("unread 1");
    const remove = (path: string) => fetch(mailbox.url + path, { method: "POST" });
    await remove("/delete?q=kettle");
    expect(await subjects("")).toEqual(["Hello"]);
    await remove(`/inbox/${id}/delete`);
    expect(await read("/")).toContain("No email yet");
    expect((await get(mailbox, "/messages?to=ada@shop.example")).items).toEqual([]);
  });

  it("checks each link and image, and shows the text and the headers beside the HTML", async () => {
    const good = await webhookEndpoint();
    const bad = await webhookEndpoint(() => 404);
    const html = `<a href="${good.url}">a</a><a href="${bad.url}?a">b</a><img src="${good.url}" alt="x"><img src="data:,1">`;
    const { mailbox, read, id } = await withEmail({ html });
    const checked = await (await fetch(`${mailbox.url}/inbox/${id}/check`, { method: "POST" })).text();
    expect([...checked.matchAll(/badge (good|bad)">([^<]+)/g)].map(([, tone, result]) => `${tone} ${result}`)).toEqual([
      ...["good 200", "bad 404", "good 200", "bad in the email, has no alt text"],
    ]);
    const both = await read(`/inbox/${id}?view=both`);
    for (const part of ["<iframe", "Hi &quot;", "Message-ID"]) expect(both).toContain(part);
  });

  it("hands out what is attached, to be saved and not shown", async () => {
    const attachments = [
      { filename: "Käufe, März.csv", content: Buffer.from("ä;1\n") },
      { filename: "../x.html", content: Buffer.from("<script>").toString("base64") },
    ];
    const { mailbox, read, id } = await withEmail({ attachments });
    const links = [...(await read(`/inbox/${id}`)).matchAll(/href="([^"]+)" download/g)].map(([, link]) => link);
    const files = await Promise.all(links.map((link) => fetch(mailbox.url + link)));
    expect(await Promise.all(files.map((file) => file.text()))).toEqual(["ä;1\n", "<script>"]);
    for (const { headers } of files) {
      expect(headers.get("content-type")).toBe("application/octet-stream");
      expect(headers.get("content-disposition")).toMatch(/^attachment; filename\*=UTF-8''[\w.%-]+$/);
    }
    expect((await fetch(`${mailbox.url}/inbox/${id}/attachment?n=2`)).status).toBe(404);
  });

  it("counts an open by the pixel and a click by its route", async () => {
    const { mailbox, read, id, events } = await withEmail();
    const body = await read(`/inbox/${id}/body`);
    expect(await events()).toEqual(["sent"]);
    const pixel = /<img src="([^"]+)"/.exec(body)?.[1] ?? "";
    const route = /href="(\/click[^"]+)"/.exec(body)?.[1] ?? "";
    expect(body).toContain('href="mailto:a@b.example"');
    expect((await fetch(mailbox.url + pixel)).headers.get("content-type")).toContain("image/");
    const clicked = await fetch(mailbox.url + route, { redirect: "manual" });
    expect(clicked.headers.get("location")).toBe("https://shop.example/a?x=1&y=2");
    expect(await events()).toEqual(["sent", "opened", "https://shop.example/a?x=1&y=2"]);
  });

  it("unsubscribes with one click as a email client does", async () => {
    const hook = await webhookEndpoint();
    const { mailbox, id } = await withEmail({
      headers: { "List-Unsubscribe": `<${hook.url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    });
    const answer = await fetch(`${mailbox.url}/inbox/${id}/unsubscribe`, { method: "POST" });
    expect(await answer.text()).toContain("Unsubscribed: 200.");
    expect(hook.received).toMatchObject([{ body: "List-Unsubscribe=One-Click" }]);
  });

  it("offers a link where one click is not offered, and no button", async () => {
    const { mailbox, read, id } = await withEmail({ headers: { "List-Unsubscribe": "<https://shop.example/u>" } });
    expect(await read(`/inbox/${id}`)).toContain('<a href="https://shop.example/u"');
    expect((await fetch(`${mailbox.url}/inbox/${id}/unsubscribe`, { method: "POST" })).status).toBe(422);
  });

  it("reports spam by a button", async () => {
    const { mailbox, id, events } = await withEmail();
    await fetch(`${mailbox.url}/inbox/${id}/complain`, { method: "POST", redirect: "manual" });
    expect(await events()).toEqual(["sent", "complained"]);
  });
});

describe("the other channels", () => {
  it("are recorded, listed and shown", async () => {
    const { mailbox } = await mailboxForTest();
    expect((await post(mailbox, "/outbox/sms", { to: "+15550100", text: HOSTILE })).status).toBe(201);
    await post(mailbox, "/outbox/crm", { contact: "ada" });
    expect((await get(mailbox, "/outbox?channel=sms&to=%2B15550100")).items).toMatchObject([
      { channel: "sms", body: { text: HOSTILE }, at: "2030-01-01T00:00:00.000Z" },
    ]);
    const shown = await fetch(`${mailbox.url}/outbox`, { headers: { accept: "text/html" } });
    const page = await shown.text();
    expect(page).toContain("crm");
    expect(page).not.toContain("<script>");
    expect((await post(mailbox, "/outbox/fax", {})).status).toBe(404);
  });

  it("are hit only by faults that name them, and take a key once", async () => {
    const { mailbox, resend } = await mailboxForTest();
    await post(mailbox, "/faults", { kind: "error" });
    await post(mailbox, "/faults", { kind: "error", status: 503, path: "/outbox/sms" });
    expect((await post(mailbox, "/outbox/sms", { to: "1" })).status).toBe(503);
    const send = () =>
      fetch(`${mailbox.url}/outbox/sms`, { method: "POST", headers: { "idempotency-key": "k" }, body: "{}" });
    const statuses = [(await send()).status, (await send()).status];
    expect(statuses).toEqual([201, 200]);
    const email = { from: "a@shop.example", to: "b@shop.example", subject: "s", text: "t" };
    expect((await resend.emails.send(email)).error).toMatchObject({ statusCode: 500 });
  });
});
