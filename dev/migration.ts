import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { migrate } from "@/prisma/migrate";
import { startScratchPostgres } from "./postgres";
import { schemaDiff } from "./schema-diff";

/** `npm run migration -- add-coupons`: writes the SQL that migrates the current migrations to `prisma/schema`. */
const name = process.argv[2]?.replace(/\W+/g, "_");
if (!name) {
  console.error("Give the migration a name: npm run migration -- add-coupons");
  process.exit(1);
}
const server = await startScratchPostgres();
try {
  await server.createDatabase("shadow");
  await migrate(server.url("shadow"));
  const sql = await schemaDiff(server.url("shadow"));
  if (sql === "") console.log("The migrations match the schema.");
  else {
    const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
    const folder = path.join("prisma/migrations", `${stamp}_${name}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "migration.sql"), `${sql}\n`);
    console.log(
      `${folder}/migration.sql: check it, and add the CHECKs and partial indexes that the schema cannot express.`,
    );
  }
} finally {
  await server.close();
}
