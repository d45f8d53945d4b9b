import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";

/** What is added to the time, in ms, in what follows from the current request. */
const skew = new AsyncLocalStorage<number>();

/** Gives every second request to the app a clock that is wrong, as if another process on another machine answered it. */
export class ClockSkew {
  private ms = 0;
  private requests = 0;
  private readonly realDate = globalThis.Date;

  constructor(app: string) {
    const port = Number(new URL(app).port);
    subscribe("http.server.request.start", (message) => {
      const address = (message as { server: Server }).server.address();
      const isApp = typeof address === "object" && address?.port === port;
      skew.enterWith(isApp && this.requests++ % 2 === 1 ? this.ms : 0);
    });
  }

  begin(ms: number): void {
    this.ms = ms;
    this.requests = 0;
    const time = this.realDate;
    const now = () => time.now() + (skew.getStore() ?? 0);
    globalThis.Date = new Proxy(time, {
      construct: (target, values, type) => Reflect.construct(target, values.length === 0 ? [now()] : values, type),
      get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
    });
  }

  /** All clocks are right again. */
  end(): void {
    this.ms = 0;
    globalThis.Date = this.realDate;
  }
}
