import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const suite = (name: string, more: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.{ts,tsx}`], ...more },
});

export default defineConfig({
  resolve: { alias: { "@": root.replace(/\/$/, "") } },
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    projects: [
      suite("unit"),
      suite("engine"),
      suite("stand-ins"),
      suite("workflow", { globalSetup: "test/postgres.ts" }),
      suite("stack"),
      suite("http", { globalSetup: "test/http/stack.ts" }),
    ],
  },
});
