import type { Mutant } from "./mutant";

/** Returns the text of a file with the mistake in it. @throws if the text to replace does not occur exactly once */
export function mutate({ name, file, find, replace }: Mutant, original: string): string {
  const parts = original.split(find);
  if (parts.length !== 2) throw new Error(`"${name}": its text occurs ${parts.length - 1} times in ${file}, not once.`);
  return parts.join(replace);
}
