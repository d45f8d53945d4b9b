import type { RowProblem } from "./parse-row";

/** What a batch of sound rows came to. */
export interface Written {
  created: number;
  updated: number;
  unchanged: number;
  /** What only the database could tell. */
  problems: ({ line: number } & RowProblem)[];
}
