import { Agent, createServer, request as httpRequest, type IncomingMessage } from "node:http";
import type { Clock } from "./engine/clock";

export type Place = "app" | "inngest" | "stripe" | "mailbox";

/** A call on its way. `body` may be changed before it arrives. */
export interface WireCall {
  to: Place;
  method: string;
  path: string;
  body: string;
}

/** `lost`: the connection breaks at this point. `again`: the call arrives a second time, and the second answer counts. */
export type Mishap = "lost" | "again" | undefined;

/**
 * Sees every call twice: before it arrives, and when it has been answered but the caller does not know yet. What it does
 * in between happens in between; what it returns befalls the call.
 */
export type Watch = (call: WireCall, stage: "before" | "after") => Mishap | Promise<Mishap>;

/** The lines between the app and its neighbours, for tests that cut them. Nothing is changed while nobody watches. */
export class Wires {
  watch: Watch | undefined;
  private readonly closing: (() => Promise<void>)[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly clock: Clock) {}

  /** Returns an address that leads to the one given. */
  async lay(to: Place, target: string): Promise<string> {
    const server = createServer((incoming, outgoing) => {
      const carried = this.carry(to, target, incoming).then((answer) => {
        if (!answer) return void outgoing.destroy();
        outgoing.writeHead(answer.status, answer.headers).end(answer.body);
      });
      this.clock.busy(carried).catch(() => outgoing.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.closing.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
    this.agent.destroy();
  }

  private async carry(to: Place, target: string, incoming: IncomingMessage): Promise<Answer | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const call: WireCall = {
      to,
      method: incoming.method ?? "GET",
      path: incoming.url ?? "/",
      body: Buffer.concat(chunks).toString(),
    };
    const before = await this.watch?.(call, "before");
    if (before === "lost") return undefined;
    // A client that gives up must be seen to have gone by whoever it called.
    const gone = new AbortController();
    const abort = () => gone.abort();
    incoming.socket.once("close", abort);
    if (before === "again") await this.forward(target, call, incoming, gone.signal);
    const answer = await this.forward(target, call, incoming, gone.signal);
    incoming.socket.off("close", abort);
    return (await this.watch?.(call, "after")) === "lost" ? undefined : answer;
  }

  private forward(target: string, call: WireCall, incoming: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const headers = { ...incoming.headers, "content-length": String(Buffer.byteLength(call.body)) };
    delete headers["transfer-encoding"];
    return new Promise((resolve, reject) => {
      const url = new URL(call.path, target);
      const outgoing = httpRequest(url, { method: call.method, agent: this.agent, headers, signal }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", reject);
        reply.on("end", () => {
          const { "transfer-encoding": _, connection: __, ...rest } = reply.headers;
          resolve({ status: reply.statusCode ?? 502, headers: rest, body: Buffer.concat(chunks) });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(call.body);
    });
  }
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}
