import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DemoCustomer } from "@/dev/demo-customer";
import { scratchDir } from "@/dev/stack";
import type { StackInfo } from "@/dev/stack-file";
import { endAll, type Program, run } from "../child";
import { allIsWell, carts, closeOpened, TIMEOUT_MS } from "./crash";

/** `npm run dev`, as it is typed, in a copy of the project: beside what the developer has running. */
const COPIED = [
  "app",
  "dev",
  "examples",
  "inngest",
  "lib",
  "prisma",
  "instrumentation.ts",
  "next.config.ts",
  "package.json",
];
const MORE = ["package-lock.json", "postcss.config.mjs", "prisma.config.ts", "proxy.ts", "tsconfig.json"];
const copy = scratchDir("commands with a bl\u00e4nk");
const blocker = createServer();

beforeAll(async () => {
  mkdirSync(copy, { recursive: true });
  for (const name of [...COPIED, ...MORE]) cpSync(name, path.join(copy, name), { recursive: true });
  // Links or clones, where a copy would take a gigabyte; Turbopack follows no symbolic link out of its folder.
  execFileSync("cp", [process.platform === "darwin" ? "-Rc" : "-al", "node_modules", path.join(copy, "node_modules")]);
  // The shop's usual port is taken, by this or by somebody else.
  await new Promise<void>((resolve) => blocker.once("error", () => resolve()).listen(3000, "127.0.0.1", resolve));
});
afterAll(() => {
  blocker.close();
  endAll();
  rmSync(copy, { recursive: true, force: true });
});

const file = path.join(copy, ".local/stack.json");
const dev = () => run(["dev/setup.mjs", "dev"], { NODE_ENV: "development" }, copy);

async function ready(program: Program): Promise<StackInfo> {
  await program.says(/Sign in as/, 600_000);
  return JSON.parse(readFileSync(file, "utf8"));
}

const silent = (address: string) =>
  expect(
    fetch(address).then(({ status }) => status),
    `${address} still answers`,
  ).rejects.toThrow();

test(
  "a second start is refused and breaks nothing, a taken port is replaced; the data survive kill -9, and Ctrl-C stops all of it",
  async () => {
    const first = dev();
    await first.says(/Starting/);
    const early = dev();
    expect([await early.ended, early.output()]).toEqual([
      1,
      expect.stringMatching(/is being started from this folder/),
    ]);
    const stack = await ready(first);
    const late = dev();
    expect([await late.ended, late.output()]).toEqual([1, expect.stringContaining(stack.app)]);
    expect(new URL(stack.app).port).not.toBe("3000");
    // The example of a storefront has an origin of its own, and its page knows the shop.
    const storefront = /Store +(http\S+)/.exec(first.output())?.[1] ?? expect.fail("no address of the storefront");
    expect(await (await fetch(storefront)).text()).toContain(`data-api="${stack.app}"`);
    const customer = new DemoCustomer(stack.app, stack.mailbox);
    const [cart] = carts(1);
    const collected = (await customer.checkout(cart ?? expect.fail())).order ?? expect.fail("no order");
    await customer.reaches(collected, ["confirmed"]);
    const placed = await Promise.all(carts(5).map((cart) => customer.checkout(cart)));
    expect(placed.map(({ status }) => status)).toEqual(Array(5).fill(201));
    first.process.kill("SIGKILL");
    await first.ended;

    const second = dev();
    const again = await ready(second);
    expect(await new DemoCustomer(again.app, again.mailbox).order(collected)).toMatchObject({ status: "confirmed" });
    expect(await allIsWell(again)).toBe(1 + 5);
    await closeOpened();
    // One Ctrl-C arrives twice: from the terminal, and from npm.
    second.process.kill("SIGINT");
    second.process.kill("SIGINT");
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain("Stopping");
    expect(existsSync(file)).toBe(false);
    for (const part of [again.app, again.inngest, again.stripe, again.mailbox]) await silent(part);
  },
  5 * TIMEOUT_MS,
);
