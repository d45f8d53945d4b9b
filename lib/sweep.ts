import type { Prisma } from "./db";

/**
 * A sweep finds work that a lost run, event, webhook or answer left behind, and repairs it. It is the one repair mechanism of
 * the project: declare it beside its domain and add it to `lib/reconcile/registry.ts`. The runner (`lib/reconcile/run-sweeps.ts`)
 * adds what all sweeps need: a limit and a time budget, growing backoff for each item, one alert for each incident, the
 * cursor, and the figures that the console shows.
 */
export type Sweep = LocalSweep | ScanSweep;

interface SweepBase {
  /** Stored with its state; unique, in kebab case. */
  name: string;
  /** For operators: what it finds and what it does about it. */
  description: string;
  /** Time between two rounds, in ms. A multiple of a minute. */
  every: number;
  /** Items of one round at most; 50 unless given. */
  limit?: number;
  /** Whether a round goes on while `find` returns full pages and time is left. */
  drain?: boolean;
}

type Repair =
  | {
      /** Repairs one item. Safe to repeat, also beside the run that was not lost after all. @throws what keeps it from that now */
      repair(id: string): Promise<unknown>;
      repairAll?: never;
    }
  | {
      /** Repairs many items together; for what handles its own failures. Returns how many it repaired. */
      repairAll(ids: string[]): Promise<number>;
      repair?: never;
    };

/** Items that a query on our own database finds, as long as they need repair. */
export type LocalSweep = SweepBase &
  Repair & {
    /** Returns a SELECT of one text column `id`, most urgent first. The runner adds the limit and leaves out items in backoff. */
    find(at: Date): Prisma.Sql;
    scan?: never;
  };

/** Items in a set that is too large to search each time, or that a provider holds: read page by page, each page once. */
export type ScanSweep = SweepBase & {
  /** Reads the page after `cursor` (null: never read). `more`: another page can be read now. */
  scan(cursor: string | null, at: Date): Promise<{ ids: string[]; cursor: string; more: boolean }>;
  repair(id: string): Promise<unknown>;
  repairAll?: never;
  find?: never;
};
