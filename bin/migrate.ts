import "./env-file";
import { databaseEnv } from "@/lib/env";
import { migrate } from "@/prisma/migrate";

/** `npm run migrate`: migrates the database before a new version starts. Any number of instances may run it at once. */
try {
  const done = await migrate(databaseEnv().DATABASE_URL);
  console.log(
    done.length === 0 ? "The database is up to date." : `Applied:\n${done.map((name) => `  ${name}`).join("\n")}`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
