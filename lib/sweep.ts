import { MINUTE, now } from "./clock";
import type { Prisma } from "./db";

/**
 * A sweep finds and repairs unfinished work of a lost run, event, webhook or answer. It is the only repair mechanism of the
 * project. Declare a sweep in the folder of its domain and add it to `lib/reconcile/registry.ts`. The runner
 * (`lib/reconcile/run-sweeps.ts`) adds a limit and a time budget, backoff for each item, one alert for each incident, the
 * cursor, and the figures for the console.
 */
export type Sweep = LocalSweep | ScanSweep;

interface SweepBase {
  /** Unique, in kebab case. The state of the sweep is stored under it. */
  name: string;
  /** For operators: what it finds and what it does about it. */
  description: string;
  /** Time between two rounds, in ms. A multiple of a minute. */
  intervalMs: number;
  /** The maximum number of items in one round. Default: 50. */
  limit?: number;
  /** Whether a round continues while `find` returns full pages and time is left. */
  drain?: boolean;
}

type Repair =
  | {
      /** Repairs one item. Safe to repeat, also while the original run is still alive. @throws if it cannot be repaired now */
      repair(id: string): Promise<unknown>;
      repairAll?: never;
    }
  | {
      /** Repairs many items together, and handles failures itself. Returns the number of repaired items. */
      repairAll(ids: string[]): Promise<number>;
      repair?: never;
    };

/** A sweep whose items are found by a query on our database, as long as they need repair. */
export type LocalSweep = SweepBase &
  Repair & {
    /** Returns a SELECT of one text column `id`, most urgent first. The runner adds the limit and leaves out items in backoff. */
    find(at: Date): Prisma.Sql;
    scan?: never;
  };

/** A sweep that scans a large table or a provider's list page by page. Each page is read once. */
export type ScanSweep = SweepBase & {
  /** Reads the page after `cursor` (null: never read). `more`: another page can be read now. */
  scan(cursor: string | null, at: Date): Promise<{ ids: string[]; cursor: string; more: boolean }>;
  repair(id: string): Promise<unknown>;
  repairAll?: never;
  find?: never;
};

/** Returns a suffix that distinguishes the id of a later event from an earlier one. It changes every ten minutes. */
export const againSuffix = (): string => `:again:${Math.floor(now().getTime() / (10 * MINUTE))}`;
