// Plain JavaScript, because `dev/setup.mjs` uses it before anything is installed.

/** Whether a phase has begun to print its line and nothing else was printed since. */
let lineIsOpen = false;

/**
 * Prints what is done at once, and how long it took when it has ended.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function phase(what, work) {
  const started = performance.now();
  process.stdout.write(`  ${what}…`);
  lineIsOpen = true;
  let outcome = "failed after ";
  try {
    const result = await work();
    outcome = "";
    return result;
  } finally {
    const duration = `${outcome}${((performance.now() - started) / 1_000).toFixed(1)} s`;
    process.stdout.write(lineIsOpen ? ` ${duration}\n` : `  ${what}: ${duration}\n`);
    lineIsOpen = false;
  }
}

/**
 * Prints a line, also amid a phase.
 *
 * @param {string} line
 */
export function printLine(line) {
  process.stdout.write(`${lineIsOpen ? "\n" : ""}${line}\n`);
  lineIsOpen = false;
}
