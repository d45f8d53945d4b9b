import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { scratchDir } from "@/dev/stack";

const run = promisify(execFile);
const COPIED = ["app", "dev", "inngest", "lib", "prisma", "test", "next-env.d.ts", "package.json", "vitest.config.ts"];

/** The code of the README's section, each block with the file that its first line names. */
function steps(): { language: string; file: string; code: string }[] {
  const [, section = ""] = /## How to add a workflow\n([\s\S]*?)\n## /.exec(readFileSync("README.md", "utf8")) ?? [];
  return [...section.matchAll(/```(\w+)\n ?\/\/ (\S+)\n([\s\S]*?)```/g)].map(
    ([, language = "", file = "", code = ""]) => ({
      language,
      file,
      code,
    }),
  );
}

/** Adds a diff's new lines beside those that it shows with them; each part of it is apart by an empty line. */
function patched(text: string, diff: string): string {
  const lines = (part: string, signs: string) =>
    part.split("\n").flatMap((line) => (line && signs.includes(line.charAt(0)) ? [line.slice(1)] : []));
  return diff.split("\n\n").reduce((patching, part) => {
    const before = lines(part, " ").join("\n");
    expect(patching, "what the README says is there").toContain(before);
    return patching.replace(before, lines(part, " +").join("\n"));
  }, text);
}

test("the README's way to add a workflow: its code has the right types, and its test passes", async () => {
  const copy = scratchDir("add-workflow");
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  mkdirSync(copy, { recursive: true });
  for (const name of COPIED) cpSync(name, path.join(copy, name), { recursive: true });
  const added = steps();
  expect(added.map(({ file }) => file)).toEqual([
    "lib/email/email-kinds.ts",
    "lib/orders/request-feedback.tsx",
    "inngest/functions/feedback.ts",
    "inngest/functions/index.ts",
    "test/workflow/emails/samples.ts",
    "test/workflow/feedback.test.ts",
  ]);
  for (const { language, file, code } of added) {
    const place = path.join(copy, file);
    writeFileSync(place, language === "diff" ? patched(readFileSync(place, "utf8"), code) : code);
  }
  const { compilerOptions } = JSON.parse(readFileSync("tsconfig.json", "utf8"));
  const files = added.map(({ file }) => file);
  writeFileSync(
    path.join(copy, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["next-env.d.ts", ...files] }),
  );
  const node = (...args: string[]) =>
    run(process.execPath, args, { cwd: copy }).catch(({ message, stdout, stderr }) =>
      expect.fail(`${message}\n${stdout}${stderr}`),
    );
  const modules = path.resolve("node_modules");
  await node(path.join(modules, "typescript/bin/tsc"), "--incremental", "false");
  const tests = await node(path.join(modules, "vitest/vitest.mjs"), "run", "--project", "workflow", files.at(-1) ?? "");
  expect(tests.stdout).toMatch(/Tests +.*1 passed/);
}, 300_000);
