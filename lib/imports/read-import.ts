import type { ImportStatus, ImportType } from "@/prisma/generated/enums";
import { db, Prisma, type Tx } from "../db";
import { importEnv } from "../env";

/** An import as the work on it sees it. */
export interface ImportState {
  id: string;
  type: ImportType;
  url: string;
  createdBy: string;
  status: ImportStatus;
  etag: string | null;
  lastModified: string | null;
  length: number | null;
  fetched: number;
  sha256: string | null;
  byteCursor: number;
  lineCursor: number;
  columns: string[];
  rows: number | null;
  bad: number;
  spentMs: number;
}

/** How a portion of work on an import ended: `more` asks for another one, `waiting` for one in a while. */
export type Portion = "more" | "waiting" | "complete" | "done" | "over_time";

/** The import; locked within `tx` where one is given. */
export async function readImport(id: string, tx?: Tx): Promise<ImportState | undefined> {
  const [row] = await (tx ?? db()).$queryRaw<ImportState[]>`
    SELECT id, type, url, created_by AS "createdBy", status, etag, last_modified AS "lastModified", length::float8, fetched::float8, sha256,
      byte_cursor::float8 AS "byteCursor", line_cursor AS "lineCursor", coalesce(columns, '{}') AS columns, rows, bad, spent_ms AS "spentMs"
    FROM imports WHERE id = ${id} ${tx ? Prisma.sql`FOR UPDATE` : Prisma.empty}`;
  return row;
}

/** Measures the time that an import is worked on: by a clock that neither tests nor administrators can set. */
export class Stopwatch {
  private readonly started = performance.now();
  private counted = this.started;

  constructor(private readonly spentBefore: number) {}

  /** Milliseconds since this was last asked, to be added to the import's. */
  lap(): number {
    const counted = this.counted;
    this.counted = performance.now();
    return Math.round(this.counted - counted);
  }

  get over(): boolean {
    return this.stepOver || this.limitOver;
  }

  /** Whether this step has worked for as long as a step should. */
  private get stepOver(): boolean {
    return performance.now() - this.started >= importEnv().IMPORT_STEP_MS;
  }

  /** Whether the import has been worked on for as long as one may. */
  get limitOver(): boolean {
    return this.spentBefore + performance.now() - this.started >= importEnv().IMPORT_LIMIT_MS;
  }
}
