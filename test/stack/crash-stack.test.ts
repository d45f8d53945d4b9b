import { rmSync } from "node:fs";
import { expect, test } from "vitest";
import { DemoCustomer } from "@/dev/demo-customer";
import { scratchDir } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";
import { run } from "../child";
import { allIsWell, carts, opened, own, TIMEOUT_MS } from "./crash";

test.runIf(own)(
  "kill -9 of everything with twenty orders under way: a new start finds them, and all are confirmed",
  async () => {
    const dir = scratchDir("crash");
    opened.push(async () => rmSync(dir, { recursive: true, force: true }));
    const start = async () => {
      const program = run(["--import", "tsx", "test/stack/stack-process.ts", dir], {});
      const [, info = ""] = await program.says(/^READY (.*)$/m, 120_000);
      const stack: StackInfo = JSON.parse(info);
      return { program, stack };
    };
    const first = await start();
    const customer = new DemoCustomer(first.stack.app, first.stack.mailbox);
    const placed = await Promise.all(carts(20).map((cart) => customer.checkout(cart)));
    expect(placed.map(({ status }) => status)).toEqual(Array(20).fill(201));
    first.program.process.kill("SIGKILL");
    await first.program.ended;
    const second = await start();
    opened.push(async () => {
      second.program.process.kill("SIGTERM");
      await second.program.ended;
    });
    expect(await allIsWell(second.stack)).toBe(20);
  },
  TIMEOUT_MS,
);
