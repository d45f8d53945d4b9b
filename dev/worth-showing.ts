/** A request that was answered, a server action that ran, a run that is under way or done: whatever their names hold. */
const ROUTINE = /^\s*(└─ |(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ [1-4]\d\d |run \S+ \S+ (?!failed\b))/;

/** Whether what the app or the engine says is shown unasked: Next.js says much, and what went wrong must not be lost in it. */
export function isWorthShowing(line: string): boolean {
  return !ROUTINE.test(line) && /error|warn|✗|⨯|failed|"level":"(warn|error)"/i.test(line);
}
