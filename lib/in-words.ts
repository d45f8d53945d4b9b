/** Returns a code such as `awaiting_payment` in words: `Awaiting payment`. It has its own file, because browsers load it. */
export const inWords = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");
