import { db, lockRow, type Row, type Tx } from "../db";
import { importEnv } from "../env";
import type { Encoding, FileFormat } from "./detect-format";

export type ImportState = Row<"import">;

/** The result of a portion of work: `more` asks for another portion, `waiting` for one after a pause. */
export type Portion = "more" | "waiting" | "complete" | "done" | "over_time";

/** Returns the import, and locks it within `tx` if given. */
export async function readImport(id: string, tx?: Tx): Promise<ImportState | undefined> {
  if (tx) await lockRow(tx, "imports", id);
  return (await (tx ?? db()).import.findUnique({ where: { id } })) ?? undefined;
}

/** Returns the format of an import's file; undefined before it was detected. */
export function formatOf({ encoding, delimiter }: ImportState): FileFormat | undefined {
  return encoding !== null && delimiter !== null ? { encoding: encoding as Encoding, delimiter } : undefined;
}

/** Measures the working time of an import with a monotonic clock. */
export class Stopwatch {
  private readonly started = performance.now();
  private counted = this.started;

  constructor(private readonly spentBefore: number) {}

  /** Returns the milliseconds since the last call. The caller adds them to the import's working time. */
  lap(): number {
    const counted = this.counted;
    this.counted = performance.now();
    return Math.round(this.counted - counted);
  }

  /** Whether this step, or the import as a whole, has used up its time. */
  get over(): boolean {
    return this.limitOver || performance.now() - this.started >= importEnv().IMPORT_STEP_MS;
  }

  /** Whether the import as a whole has used up its time. */
  get limitOver(): boolean {
    return this.spentBefore + performance.now() - this.started >= importEnv().IMPORT_LIMIT_MS;
  }
}
