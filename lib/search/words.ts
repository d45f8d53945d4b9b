/** At most so many words count: each is a look-up in the index. */
const MOST = 10;

/** Fewer letters resemble too much: `mug` is as near to `rug` as to `mog`. */
const SHORTEST_TO_GUESS = 4;

/** The words of a search for products: letters and digits only, so that nothing in them means anything to PostgreSQL. */
export function wordsOf(q: string): string[] {
  return [...new Set(q.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, MOST);
}

/** The parts of a search for people, in which the signs of an address count. */
export function partsOf(q: string): string[] {
  return [...new Set(q.toLowerCase().split(/\s+/).filter(Boolean))].slice(0, MOST);
}

/** What may be looked for with a slip in it, the longest word first; nothing when all of it is short. */
export function guessable(words: string[]): string[] {
  const sorted = words.toSorted((a, b) => b.length - a.length);
  return (sorted[0]?.length ?? 0) >= SHORTEST_TO_GUESS ? sorted : [];
}

/** A LIKE pattern for what contains `text`. */
export const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;
