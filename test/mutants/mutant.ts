/** A realistic mistake: `find` occurs once in `file` and is replaced. It must be caught. */
export interface Mutant {
  name: string;
  file: string;
  find: string;
  replace: string;
  /** The test file that fails, or `simulation`: a scenario among the first 2,000 seeds. */
  caughtBy: "simulation" | `test/${string}`;
}

export const WORKFLOW = "test/workflow" as const;
