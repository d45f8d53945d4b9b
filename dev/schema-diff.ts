import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import type { SchemaEngine as Engine } from "@prisma/schema-engine-wasm";
import pg from "pg";

const SCHEMA = path.resolve("prisma/schema");

/**
 * The SQL that migrates the database at `url` to `prisma/schema`; empty when they match. Uses Prisma's schema engine as
 * WebAssembly, so it needs no binary and no network. It does not compare CHECK constraints and partial indexes.
 */
export async function schemaDiff(url: string): Promise<string> {
  loaded ??= load();
  const SchemaEngine = await loaded;
  const files = readdirSync(SCHEMA).map((name) => ({
    path: path.join(SCHEMA, name),
    content: readFileSync(path.join(SCHEMA, name), "utf8"),
  }));
  const factory = bindMigrationAwareSqlAdapterFactory(catalogueReader(url));
  const engine: Engine = await SchemaEngine.new(
    { datamodels: files.map(({ path, content }) => [path, content]) },
    () => {},
    factory,
  );
  const { stdout } = await engine.diff({
    from: { tag: "schemaDatasource", files, configDir: path.resolve(".") },
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: null,
    filters: { externalTables: ["public._prisma_migrations"], externalEnums: [] },
  });
  const sql = (stdout ?? "").trim();
  return sql === "-- This is an empty migration." ? "" : sql;
}

let loaded: ReturnType<typeof load> | undefined;

/** Loaded once per process: a second instance would overwrite the first one's memory. */
async function load() {
  const bindings = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const main = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const module = new WebAssembly.Module(readFileSync(main.replace(/engine\.js$/, "engine_bg.wasm")));
  const { exports } = new WebAssembly.Instance(module, { "./schema_engine_bg.js": { ...bindings } });
  bindings.__wbg_set_wasm(exports);
  const start = exports.__wbindgen_start;
  if (typeof start === "function") start();
  return bindings.SchemaEngine;
}

/** PostgreSQL's internal one-byte type "char". Its catalogue uses it, and the adapter does not know it. */
const CHAR = 18;
const TEXT = 25;

/** An adapter that reads columns of type "char" as text and tells the schema engine that they are characters. */
function catalogueReader(url: string): PrismaPg {
  let characters: number[] = [];
  const pool = new pg.Pool({ connectionString: url });
  pool.query = new Proxy(pool.query, {
    async apply(query, self, args) {
      const result: pg.QueryArrayResult = await Reflect.apply(query, self, args);
      characters = [];
      for (const [index, field] of result.fields.entries()) {
        if (field.dataTypeID !== CHAR) continue;
        characters.push(index);
        field.dataTypeID = TEXT;
      }
      return result;
    },
  });
  const factory = new PrismaPg(pool, { disposeExternalPool: true });
  factory.connect = new Proxy(factory.connect, {
    async apply(connect, self, args) {
      const adapter: Awaited<ReturnType<PrismaPg["connect"]>> = await Reflect.apply(connect, self, args);
      adapter.queryRaw = new Proxy(adapter.queryRaw, {
        async apply(query, self, args) {
          const result = await Reflect.apply(query, self, args);
          for (const index of characters) result.columnTypes[index] = ColumnTypeEnum.Character;
          return result;
        },
      });
      return adapter;
    },
  });
  return factory;
}
