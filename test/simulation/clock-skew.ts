import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";

/** What is added to the time, in ms, in what follows from the current request. */
const skew = new AsyncLocalStorage<number>();

/** Gives requests to the app a clock that is wrong, as if another process on another machine answered it. */
export class ClockSkew {
  private ms = 0;
  private every = 2;
  private requests = 0;
  private readonly realDate = globalThis.Date;

  constructor(app: string) {
    const port = Number(new URL(app).port);
    subscribe("http.server.request.start", (message) => {
      const address = (message as { server: Server }).server.address();
      const isApp = typeof address === "object" && address?.port === port;
      skew.enterWith(isApp && ++this.requests % this.every === 0 ? this.ms : 0);
    });
  }

  /** From now on the clock of every second request, or of each, differs by `ms`. */
  begin(ms: number, every: 1 | 2 = 2): void {
    this.ms = ms;
    this.every = every;
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
