/** Returns a code such as `awaiting_payment` in words: `Awaiting payment`. It has its own file, because browsers load it. */
export const inWords = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");

/** Returns the labels of codes in words, by their codes, for the options of a field. */
export const optionsOf = (codes: readonly string[]): Record<string, string> =>
  Object.fromEntries(codes.map((code) => [code, inWords(code)]));
