import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { Clock } from "./shared/clock";
import { type Answer, type HttpServer, listen, problem, type Reply, type Request } from "./shared/http";

type Target = "app" | "inngest" | "stripe" | "mailbox";

/** A call on its way to `to`. A watcher may change `body` before it arrives. */
export interface ProxiedCall {
  to: Target;
  method: string;
  path: string;
  body: string;
}

/**
 * `lost`: the connection breaks at this point. `again`: the call arrives a second time, and the second answer counts. A reply is the
 * answer of something in front of the service, which the call does not reach.
 */
export type ProxyFault = "lost" | "again" | Reply | undefined;

/** Called before a call arrives and before its answer returns. The call waits for it; its result is the call's fault. */
export type ProxyWatcher = (call: ProxiedCall, stage: "before" | "after") => ProxyFault | Promise<ProxyFault>;

/** Far above any body between the app and its services. */
const MAX_BODY_BYTES = 1 << 30;

/** HTTP proxies between the app and its services, for tests of faults. Without a watcher they change nothing. */
export class FaultProxy {
  watch: ProxyWatcher | undefined;
  private readonly targets = new Map<Target, string>();
  private readonly servers: HttpServer[] = [];
  private readonly agent = new Agent({ keepAlive: true });

  constructor(private readonly clock: Clock) {}

  /** Sends all further calls to a service to another address. Its proxy stays at its own. */
  redirect(to: Target, url: string): void {
    this.targets.set(to, url);
  }

  /** Starts a proxy to `url`. Returns its address. */
  async open(to: Target, url: string): Promise<string> {
    this.targets.set(to, url);
    const server = await listen({
      maxBodyBytes: MAX_BODY_BYTES,
      handlers: [(request) => this.handle(to, request)],
      notFound: () => problem(404, "Not found"),
      onError: () => "reset",
      busy: (work) => void this.clock.busy(work),
    });
    this.servers.push(server);
    return server.url;
  }

  async close(): Promise<void> {
    for (const server of this.servers) await server.close();
    this.agent.destroy();
  }

  private async handle(to: Target, request: Request): Promise<Answer> {
    const url = this.targets.get(to) ?? "";
    const { method, body } = request;
    const call: ProxiedCall = { to, method, path: request.url, body };
    const before = await this.watch?.(call, "before");
    if (before === "lost") return "reset";
    if (typeof before === "object") return before;
    // The service must notice when the client has given up.
    const gone = new AbortController();
    request.onClientGone(() => gone.abort());
    if (before === "again") await this.forward(url, call, request.headers, gone.signal);
    const answer = await this.forward(url, call, request.headers, gone.signal);
    return (await this.watch?.(call, "after")) === "lost" ? "reset" : answer;
  }

  private forward(target: string, call: ProxiedCall, given: IncomingHttpHeaders, signal: AbortSignal): Promise<Reply> {
    const headers = { ...given, "content-length": String(Buffer.byteLength(call.body)) };
    delete headers["transfer-encoding"];
    return new Promise((resolve, reject) => {
      const url = new URL(call.path, target);
      const outgoing = httpRequest(url, { method: call.method, agent: this.agent, headers, signal }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", reject);
        reply.on("end", () => {
          const { "transfer-encoding": _, "content-length": __, connection: ___, ...headers } = reply.headers;
          resolve({ status: reply.statusCode ?? 502, headers, body: Buffer.concat(chunks) });
        });
      });
      outgoing.on("error", reject);
      outgoing.end(call.body);
    });
  }
}
