import { createHmac, randomBytes } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import type { Endpoint } from "@/app/endpoint";
import { databaseState } from "./database-state";
import { openShop } from "./shop";

/**
 * Forged webhooks, 100 of each kind for each provider; `FORGED=1000` sends that many, in half a minute. They call the route's
 * handler without HTTP. test/http/webhooks.test.ts sends single ones to the built app.
 */
const shop = openShop({ only: [] });
const EACH = Number(process.env.FORGED ?? 100);

interface Signing {
  id: string;
  at: number;
  secret: string;
}

interface Provider {
  path: string;
  secret(): string;
  newSecret(): string;
  body(id: string): string;
  /** Returns the signature of a body, without its version. */
  sign(body: string, signing: Signing): string;
  /** Returns the headers for signatures with their versions. */
  headers(
    signing: Pick<Signing, "id" | "at">,
    signatures: [version: string, signature: string][],
  ): Record<string, string>;
  /** The headers or parts of headers without which a signature proves nothing. */
  parts: ((headers: Record<string, string>) => Record<string, string>)[];
  encodings: BufferEncoding[];
}

const without = (name: string) => (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
const replaced = (name: string, pattern: RegExp, text: string) => (headers: Record<string, string>) => ({
  ...headers,
  [name]: (headers[name] ?? "").replace(pattern, text),
});

const STRIPE: Provider = {
  path: "/api/webhooks/stripe",
  secret: () => process.env.STRIPE_WEBHOOK_SECRET ?? "",
  newSecret: () => `whsec_${randomBytes(24).toString("hex")}`,
  body: (id) => JSON.stringify({ id, object: "event", type: "customer.created", data: { object: { id: "cus_1" } } }),
  sign: (body, { at, secret }) => createHmac("sha256", secret).update(`${at}.${body}`).digest("hex"),
  headers: ({ at }, signatures) => ({
    "stripe-signature": [`t=${at}`, ...signatures.map(([version, text]) => `${version}=${text}`)].join(","),
  }),
  parts: [
    without("stripe-signature"),
    replaced("stripe-signature", /t=\d+,/, ""),
    replaced("stripe-signature", /t=\d+/, "t="),
    replaced("stripe-signature", /,v1=.*/, ""),
    replaced("stripe-signature", /v1=.*/, "v1="),
    replaced("stripe-signature", /.*/, ""),
    replaced("stripe-signature", /,/g, ";"),
  ],
  encodings: ["base64", "base64url", "latin1"],
};

const RESEND: Provider = {
  path: "/api/webhooks/resend",
  secret: () => process.env.RESEND_WEBHOOK_SECRET ?? "",
  newSecret: () => `whsec_${randomBytes(24).toString("base64")}`,
  body: (id) => JSON.stringify({ type: "email.delivered", created_at: "2026-01-01T00:00:00Z", data: { email_id: id } }),
  sign: (body, { id, at, secret }) =>
    createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
      .update(`${id}.${at}.${body}`)
      .digest("base64"),
  headers: ({ id, at }, signatures) => ({
    "svix-id": id,
    "svix-timestamp": String(at),
    "svix-signature": signatures.map(([version, text]) => `${version},${text}`).join(" "),
  }),
  parts: [
    without("svix-id"),
    without("svix-timestamp"),
    without("svix-signature"),
    replaced("svix-id", /.*/, ""),
    replaced("svix-timestamp", /.*/, "now"),
    replaced("svix-signature", /^v1,/, ""),
    replaced("svix-signature", /,.*/, ","),
  ],
  encodings: ["hex", "latin1"],
};

type Sent = [body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>];

const pick = <T>(values: readonly T[], n: number): T =>
  values[n % values.length] ?? expect.fail("nothing to choose from");
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

/** Each kind of forgery: the nth one of an event that would be valid. */
const FORGERIES: Record<string, (provider: Provider, body: string, signing: Signing, n: number) => Sent> = {
  "another secret": (provider, body, signing, n) => {
    const real = provider.secret();
    // The secret of another endpoint, none, and ours with a change.
    const secrets = [provider.newSecret(), "whsec_", real.slice(0, -4), real.replace("whsec_", ""), real.toUpperCase()];
    const secret = pick(
      provider === STRIPE ? secrets : secrets.filter((one) => !real.endsWith(one) || one === real),
      n,
    );
    return [body, provider.headers(signing, [["v1", provider.sign(body, { ...signing, secret })]])];
  },
  "the signature of another body": (provider, body, signing) => {
    const other = provider.body(`evt_${randomBytes(8).toString("hex")}`);
    return [body, provider.headers(signing, [["v1", provider.sign(other, signing)]])];
  },
  "a time before the tolerance": (provider, body, signing, n) => {
    const old = { ...signing, at: signing.at - 301 - n * n };
    return [body, provider.headers(old, [["v1", provider.sign(body, old)]])];
  },
  "a time after the tolerance": (provider, body, signing, n) => {
    const future = { ...signing, at: signing.at + 302 + n * n };
    return [body, provider.headers(future, [["v1", provider.sign(body, future)]])];
  },
  "another time than the signed one": (provider, body, signing, n) => {
    const at = signing.at - 1 - (n % 250);
    return [body, provider.headers({ ...signing, at }, [["v1", provider.sign(body, signing)]])];
  },
  "a missing part": (provider, body, signing, n) => {
    const headers = provider.headers(signing, [["v1", provider.sign(body, signing)]]);
    return [body, pick(provider.parts, n)(headers)];
  },
  "several signatures, none of them ours": (provider, body, signing, n) => {
    const forged = Array.from({ length: 2 + (n % 20) }, () =>
      provider.sign(body, { ...signing, secret: provider.newSecret() }),
    );
    return [
      body,
      provider.headers(
        signing,
        forged.map((one) => ["v1", one]),
      ),
    ];
  },
  "another version of the scheme": (provider, body, signing, n) => {
    const version = pick(["v0", "v2", "v1a", "V1", "", "v", "v10", "v1 ", "__proto__"], n);
    return [body, provider.headers(signing, [[version, provider.sign(body, signing)]])];
  },
  "one byte of the body changed": (provider, body, signing, n) => {
    const bytes = bytesOf(body);
    const at = n % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << ((n >> 4) % 7));
    return [bytes, provider.headers(signing, [["v1", provider.sign(body, signing)]])];
  },
  "one byte added or removed": (provider, body, signing, n) => {
    const at = n % body.length;
    const changed = n % 2 === 0 ? body.slice(0, at) + body.slice(at + 1) : `${body.slice(0, at)} ${body.slice(at)}`;
    return [changed, provider.headers(signing, [["v1", provider.sign(body, signing)]])];
  },
  "one character of the signature changed": (provider, body, signing, n) => {
    const valid = provider.sign(body, signing);
    const at = n % valid.length;
    const other = valid[at] === "a" ? "b" : "a";
    const changed = [valid.slice(0, at) + other + valid.slice(at + 1), valid.slice(0, at), `${valid}a`];
    return [body, provider.headers(signing, [["v1", pick(changed, Math.floor(n / valid.length))]])];
  },
  "no body": (provider, body, signing, n) => [
    "",
    provider.headers(signing, n % 2 === 0 ? [["v1", provider.sign(body, signing)]] : []),
  ],
  "a huge body": (provider, _, signing, n) => {
    const headers = provider.headers(signing, [["v1", provider.sign("", signing)]]);
    return n % 20 === 0 ? [HUGE, headers] : ["{}", { ...headers, "content-length": String(HUGE.length + n) }];
  },
  "another encoding of the body": (provider, body, signing, n) => {
    const text = body.replace("}}", ',"name":"Žofie"}}');
    const bytes = Buffer.from(text, pick(["utf16le", "latin1", "base64", "hex"] as const, n));
    return [new Uint8Array(bytes), provider.headers(signing, [["v1", provider.sign(text, signing)]])];
  },
  "another encoding of the signature": (provider, body, signing, n) => {
    const digest = Buffer.from(provider.sign(body, signing), provider === STRIPE ? "hex" : "base64");
    const encoding = pick(provider.encodings, n);
    // A header holds no control characters.
    const text = digest.toString(encoding).replaceAll(/[^!-~]/g, "~");
    return [body, provider.headers(signing, [["v1", text]])];
  },
};
const HUGE = new Uint8Array(1_000_001).fill(32);

const handlers = new Map<Provider, Endpoint>();
beforeAll(async () => {
  const routes: { POST: Endpoint }[] = [
    await import("@/app/api/webhooks/stripe/route"),
    await import("@/app/api/webhooks/resend/route"),
  ];
  for (const [index, provider] of [STRIPE, RESEND].entries())
    handlers.set(provider, routes[index]?.POST ?? expect.fail(`no handler of ${provider.path}`));
});

const send = (provider: Provider, [body, headers]: Sent): Promise<Response> => {
  const init = { method: "POST", body, headers: { "content-type": "application/json", ...headers } };
  const handler = handlers.get(provider) ?? expect.fail(`no handler of ${provider.path}`);
  return handler(new Request(`${shop.app}${provider.path}`, init), { params: Promise.resolve({}) });
};

const signingOf = (provider: Provider): Signing => ({
  id: `evt_${randomBytes(8).toString("hex")}`,
  at: Math.floor(shop.clock.now() / 1_000),
  secret: provider.secret(),
});

const CASES = Object.keys(FORGERIES).flatMap((kind) => [
  ["Stripe", kind, STRIPE] as const,
  ["Resend", kind, RESEND] as const,
]);

test.each(CASES)("%s: webhooks with %s are refused, and no row is written", async (_, kind, provider) => {
  const forge = FORGERIES[kind] ?? expect.fail(kind);
  const before = await databaseState(shop);
  const statuses = new Map<string, number>();
  for (let n = 0; n < EACH; n++) {
    const signing = signingOf(provider);
    const response = await send(provider, forge(provider, provider.body(signing.id), signing, n));
    const { code } = (await response.json()) as { code?: string };
    const answer = `${response.status} ${code}`;
    statuses.set(answer, (statuses.get(answer) ?? 0) + 1);
  }
  const REFUSALS = ["400 invalid_signature", "400 not_utf8", "413 payload_too_large"];
  expect([...statuses.keys()].filter((answer) => !REFUSALS.includes(answer))).toEqual([]);
  expect([...statuses.values()].reduce((sum, one) => sum + one, 0)).toBe(EACH);
  expect(await databaseState(shop)).toEqual(before);
});

test.each([
  ["Stripe", STRIPE],
  ["Resend", RESEND],
] as const)(
  "%s: valid webhooks are accepted, at each end of the tolerance and among other signatures",
  async (_, provider) => {
    const accepted = async (more: Partial<Signing>, others: [string, string][] = []) => {
      const signing = { ...signingOf(provider), ...more };
      const body = provider.body(signing.id);
      const valid: [string, string] = ["v1", provider.sign(body, signing)];
      return (await send(provider, [body, provider.headers(signing, [...others, valid, ...others])])).status;
    };
    const { at } = signingOf(provider);
    for (const seconds of [-299, 0, 299])
      expect([seconds, await accepted({ at: at + seconds })]).toEqual([seconds, 200]);
    expect(await accepted({}, [["v0", "00"]])).toBe(200);
    expect(
      await accepted({}, [["v1", provider.sign("x", { ...signingOf(provider), secret: provider.newSecret() })]]),
    ).toBe(200);
  },
);
