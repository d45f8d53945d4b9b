import { createServer, type RequestListener } from "node:http";
import { type Engine, type EngineOptions, startEngine } from "../../dev/engine/index";
import { type VirtualClock, virtualClock } from "../../dev/shared/virtual-clock";

/** What an SDK's answers carry. */
export const SDK = { "x-inngest-sdk": "inngest-js:v4.24.0", "x-inngest-req-version": "2" };

export interface Raw {
  clock: VirtualClock;
  engine: Engine;
  post: (path: string, body: unknown) => Promise<Response>;
  run: (event: string) => Promise<{ id: string; status: string; output?: { error?: { message: string } } } | undefined>;
  fire: () => Promise<string>;
  /** Ends the app. */
  stop: () => Promise<unknown>;
  close: () => Promise<unknown>;
}

/** An engine and an app that answers as `listener` says, without an SDK. */
export async function rawWorld(
  listener: RequestListener,
  { retries = 1, ...options }: EngineOptions & { retries?: number } = {},
): Promise<Raw> {
  const clock = virtualClock();
  const engine = await startEngine({ clock, ...options });
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve)); // also when it is closed already
  };
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/?fnId=app-f&stepId=step`;
  const post = (path: string, body: unknown) =>
    clock.busy(fetch(engine.url + path, { method: "POST", body: JSON.stringify(body) }));
  const step = { id: "step", name: "step", runtime: { type: "http", url }, retries: { attempts: retries } };
  await post("/fn/register", {
    appName: "app",
    functions: [{ id: "app-f", name: "f", triggers: [{ event: "go" }], steps: { step } }],
  });
  return {
    clock,
    engine,
    post,
    stop,
    async close() {
      await stop();
      await engine.close();
    },
    async fire() {
      const { ids } = await (await post("/e/test", { name: "go" })).json();
      await clock.settle();
      return ids[0];
    },
    async run(event) {
      const response = await clock.busy(fetch(`${engine.url}/api/v2/events/${event}/runs?includeOutput=true`));
      return (await response.json()).data?.[0];
    },
  };
}
