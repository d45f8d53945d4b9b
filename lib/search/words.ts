/** Each word of a search is an index lookup, so their number is bounded. */
export const MAX_WORDS = 10;

/** Shorter words are similar to too many others: `mug` is as near to `rug` as to `mog`. */
const MIN_SIMILAR_LENGTH = 4;

/** Returns the words of a product search: letters and digits only, so that nothing in them has a meaning to PostgreSQL. */
export function wordsOf(q: string): string[] {
  return [...new Set(q.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].slice(0, MAX_WORDS);
}

/** Returns the parts of a search for people. The punctuation of an address counts, and PostgreSQL compares them without case. */
export function partsOf(q: string): string[] {
  return [...new Set(q.split(/\s+/).filter(Boolean))].slice(0, MAX_WORDS);
}

/** Returns the words for a similarity search, the longest first; none if all of them are short. */
export function similarityWords(words: string[]): string[] {
  const sorted = words.toSorted((a, b) => b.length - a.length);
  return (sorted[0]?.length ?? 0) >= MIN_SIMILAR_LENGTH ? sorted : [];
}
