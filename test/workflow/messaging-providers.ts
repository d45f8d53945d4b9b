import { createServer } from "node:http";

/** A request that a provider received. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | undefined>;
  body: Buffer;
  /** When it arrived, on the virtual clock. */
  at: number;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A fault of a call: another answer, or the usual answer, which is lost on the way back. */
export type Fault = Answer | "lost";

/** A fake server of a provider. `usual` answers the calls without a fault. */
export interface Provider {
  url: string;
  calls: Call[];
  /** Applies the faults to the next calls of paths with this prefix, in this order. */
  fault(path: string, ...faults: Fault[]): void;
  close(): void;
}

export async function startProvider(usual: (call: Call) => Answer | Promise<Answer>): Promise<Provider> {
  const calls: Call[] = [];
  const faults: { path: string; fault: Fault }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://provider");
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const call = {
      method: incoming.method ?? "",
      path: pathname,
      query: searchParams,
      headers,
      body: Buffer.concat(chunks),
      at: Date.now(),
    };
    calls.push(call);
    const index = faults.findIndex(({ path }) => call.method !== "GET" && pathname.startsWith(path));
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
    const answer = fault === undefined || fault === "lost" ? await usual(call) : fault;
    if (fault === "lost") return void incoming.socket.destroy();
    outgoing.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    outgoing.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    calls,
    fault: (path, ...list) => void faults.push(...list.map((fault) => ({ path, fault }))),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export const SMS_ACCOUNT = { sid: `AC${"0".repeat(32)}`, token: "secret", from: "+4930000000" };

/** Starts a fake server for Twilio's Messages resource, a push service and a CRM, each under its own path. */
export function startNotifyProviders(): Promise<Provider> {
  const messages: { sid: string; to: string | null; body: string | null }[] = [];
  const twilio = `/2010-04-01/Accounts/${SMS_ACCOUNT.sid}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${SMS_ACCOUNT.sid}:${SMS_ACCOUNT.token}`).toString("base64")}`;
  return startProvider(({ method, path, query, headers, body }) => {
    if (path.startsWith("/push/")) return { status: 201 };
    if (path === "/crm") return { status: 202 };
    if (path !== twilio) return { status: 404, body: { code: 20404, message: "Not found", status: 404 } };
    if (headers.authorization !== authorization)
      return { status: 401, body: { code: 20003, message: "Authenticate", status: 401 } };
    if (method === "GET")
      return { status: 200, body: { messages: messages.filter(({ to }) => to === query.get("To")).reverse() } };
    const form = new URLSearchParams(body.toString());
    const message = { sid: `SM${messages.length}`, to: form.get("To"), body: form.get("Body") };
    messages.push(message);
    return { status: 201, body: { ...message, from: form.get("From"), status: "queued" } };
  });
}
