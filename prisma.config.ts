import path from "node:path";
import { defineConfig } from "prisma/config";

// `prisma generate` wants the path of a schema engine that it never runs; any executable satisfies it, which keeps
// generating possible on a machine that cannot download Prisma's binaries.
if (process.argv.includes("generate")) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: path.join("prisma", "schema"),
  migrations: { path: path.join("prisma", "migrations") },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
