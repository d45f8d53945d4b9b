import { createServer } from "node:http";
import { Inngest, type InngestFunction } from "inngest";
import { serve } from "inngest/node";
import { type EngineOptions, startEngine } from "../../dev/engine/index";
import { type VirtualClock, virtualClock } from "../../dev/shared/virtual-clock";

export interface World {
  clock: VirtualClock;
  url: string;
  client: Inngest.Any;
  /** Calls the app has received. */
  calls: () => number;
  /** Sends events and lets everything that is due now happen. Answers the event ids. */
  send: (...events: { name: string; data?: Record<string, unknown>; id?: string; ts?: number }[]) => Promise<string[]>;
  get: (path: string) => Promise<Response>;
  post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  /** The runs an event started, as the read API shows them. */
  runs: (event: string | undefined) => Promise<RunView[]>;
  sync: (fns?: InngestFunction.Any[]) => Promise<void>;
  close: () => Promise<void>;
}

export interface RunView {
  id: string;
  status: string;
  function: { id: string };
  output?: { data?: unknown; error?: { name: string; message: string } };
  queuedAt: string;
  startedAt?: string;
  endedAt?: string;
}

type Define = (client: Inngest) => InngestFunction.Any[];

/** The SDK serving `define`'s functions over HTTP, and an engine on a virtual clock that calls it. */
export async function world(define: Define, options: EngineOptions & { silent?: boolean } = {}): Promise<World> {
  const clock = virtualClock();
  const engine = await startEngine({ clock, ...options });
  const client = new Inngest({
    id: "app",
    isDev: options.signingKey === undefined,
    baseUrl: engine.url,
    eventKey: options.eventKey ?? "test",
    signingKey: options.signingKey,
    logger: { info() {}, warn() {}, error() {}, debug() {} },
  });
  let calls = 0;
  let handler = serve({ client, functions: define(client) });
  const server = createServer((request, response) => {
    if (request.method === "POST") calls += 1;
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const app = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/inngest`;
  await engine.sync(app);

  const http = (path: string, init?: RequestInit) => clock.busy(fetch(engine.url + path, init));
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    http(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      redirect: "manual",
    });
  return {
    clock,
    url: engine.url,
    client,
    calls: () => calls,
    get: (path) => http(path),
    post,
    async send(...events) {
      const response = await post(
        "/e/test",
        events.map((event) => ({ data: {}, ...event })),
      );
      const { ids } = (await response.json()) as { ids: string[] };
      await clock.settle();
      return ids;
    },
    async runs(event) {
      const response = await http(`/api/v2/events/${event}/runs?includeOutput=true`);
      const { data = [] } = (await response.json()) as { data?: RunView[] };
      return data;
    },
    async sync(fns) {
      const before = handler;
      if (fns) handler = serve({ client, functions: fns });
      try {
        await engine.sync(app);
      } catch (error) {
        handler = before; // as an app whose new version did not go live
        throw error;
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await engine.close();
    },
  };
}
