/** Lines about an answered request, a server action, or a run that did not fail. */
const ROUTINE = /^\s*(└─ |(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ [1-4]\d\d |run \S+ \S+ (?!failed\b))/;

/** Whether a log line of the app or the engine is a warning or an error, which `npm run dev` prints without `--verbose`. */
export function isWarning(line: string): boolean {
  return !ROUTINE.test(line) && /error|warn|✗|⨯|failed|"level":"(warn|error)"/i.test(line);
}
