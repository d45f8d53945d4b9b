import { register } from "node:module";
import { SECOND_PROCESS } from "@/dev/route-server";
import type { TestEnvironment } from "@/dev/test-environment";

/** A second process of the app: a copy of its modules, which remembers nothing of what the first one has done. */
export class SecondProcess {
  private answers = false;
  private requests = 0;

  /** Call it when the environment is complete. */
  async start(world: TestEnvironment): Promise<this> {
    register(new URL("module-copies.mjs", import.meta.url));
    await world.startSecondProcess(() => this.answers && this.requests++ % 2 === 1);
    return this;
  }

  /** The functions that it serves. */
  async functions(): Promise<object[]> {
    const { href } = new URL("../../inngest/functions/index.ts", import.meta.url);
    return (await import(href + SECOND_PROCESS)).functions;
  }

  /** From now on it answers every second request. */
  begin(): void {
    this.answers = true;
    this.requests = 0;
  }

  end(): void {
    this.answers = false;
  }
}
