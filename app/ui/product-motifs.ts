/** A shape of a motif, in a square of 100: its colour, its path, and the width of the line if it is not filled. */
type Shape = [ink: "body" | "mark", path: string, lineWidth?: number];

const cup: Shape[] = [
  ["body", "M64 46h6a9 9 0 0 1 0 18h-6", 5],
  ["body", "M32 38h34v28a10 10 0 0 1-10 10H42a10 10 0 0 1-10-10Z"],
  ["mark", "M32 50h34v5H32Z"],
];
const kettle: Shape[] = [
  ["body", "M66 68c14 0 10-24 20-28", 5],
  ["body", "M36 46c-14-2-18 12-10 20", 5],
  ["body", "M36 44h28l8 28a4 4 0 0 1-4 5H32a4 4 0 0 1-4-5Z"],
  ["mark", "M40 39h20v5H40Zm7-6h6v6h-6Z"],
];
const pan: Shape[] = [
  ["mark", "M66 60h26", 6],
  ["body", "M14 52h56v10a14 14 0 0 1-14 14H28a14 14 0 0 1-14-14Z"],
  ["mark", "M12 49h60v6H12Z"],
];
const knife: Shape[] = [
  ["body", "M17 78.2c.5-16.1 11-26.2 35.7-39.4l8.5 15.9Z"],
  ["mark", "M52.7 38.8l24.7-13.1a6 6 0 0 1 8.1 2.5l2.8 5.3a6 6 0 0 1-2.5 8.1l-24.7 13.1Z"],
];
const board: Shape[] = [
  ["body", "M29 33h42a7 7 0 0 1 7 7v30a7 7 0 0 1-7 7H29a7 7 0 0 1-7-7V40a7 7 0 0 1 7-7Z"],
  ["mark", "M30 46h40M30 56h40M30 66h26", 3],
];
const cloth: Shape[] = [
  ["body", "M28 30h44v44l-7-4-7 4-8-4-8 4-7-4-7 4Z"],
  ["mark", "M28 38h44v4H28Zm0 8h44v3H28Z"],
];
const bottle: Shape[] = [
  ["body", "M43 36h14v6c6 4 8 8 8 14v16a5 5 0 0 1-5 5H40a5 5 0 0 1-5-5V56c0-6 2-10 8-14Z"],
  ["mark", "M42 26h16v8H42Zm-7 32h30v8H35Z"],
];
const bag: Shape[] = [
  ["mark", "M38 44V36a12 12 0 0 1 24 0v8", 5],
  ["body", "M28 42h44l4 31a4 4 0 0 1-4 5H28a4 4 0 0 1-4-5Z"],
  ["mark", "M40 56h20v10H40Z"],
];
const sack: Shape[] = [
  ["body", "M32 36h36l4 38a4 4 0 0 1-4 4H32a4 4 0 0 1-4-4Z"],
  ["mark", "M31 30h38v8H31Z"],
  ["mark", "M42.7 54.7a8 11 24 1 0 14.6 6.5a8 11 24 1 0-14.6-6.5Z"],
  ["body", "M46 50q8 8 8 16", 2.5],
];
const book: Shape[] = [
  ["body", "M36 29h28a4 4 0 0 1 4 4v40a4 4 0 0 1-4 4H36a4 4 0 0 1-4-4V33a4 4 0 0 1 4-4Z"],
  ["mark", "M38 29h5v48h-5Z"],
  ["mark", "M49 42h13M49 49h13", 3],
];
const pen: Shape[] = [
  ["body", "M66.2 21.5l9.5 7.4-28.3 36.2-9.5-7.4Z"],
  ["mark", "M37.9 57.8l9.5 7.4-14.6 8.9Z"],
  ["mark", "M61.3 27.8l9.5 7.4-3.7 4.7-9.5-7.4Z"],
];
const lamp: Shape[] = [
  ["body", "M40 78 34 52l22-18", 5],
  ["body", "M26 76h28v5H26Z"],
  ["body", "m52 24 26 18-20 14Z"],
  ["mark", "m62 56 14-10 4 14Z"],
];
const lantern: Shape[] = [
  ["body", "M40 34a10 10 0 0 1 20 0", 4],
  ["body", "M36 34h28v7H36Zm-2 36h32v8H34Z"],
  ["mark", "M38 41h24v29H38Z"],
  ["body", "M50 48c6 6 6 16 0 18-6-2-6-12 0-18Z"],
];
const plant: Shape[] = [
  ["mark", "M50 54c-16 0-22-10-22-24 16 0 22 10 22 24Zm0 0c16 0 20-10 20-20-14 0-20 8-20 20Z"],
  ["body", "M34 54h32l-5 24H39Z"],
];
const dial: Shape[] = [
  ["body", "M25 54a25 25 0 1 0 50 0 25 25 0 1 0-50 0Z"],
  ["mark", "M50 40v15l10 6", 4],
];
const radio: Shape[] = [
  ["body", "M26 45h48a6 6 0 0 1 6 6v20a6 6 0 0 1-6 6H26a6 6 0 0 1-6-6V51a6 6 0 0 1 6-6Z"],
  ["mark", "M28 61a9 9 0 1 0 18 0 9 9 0 1 0-18 0Z"],
  ["mark", "M54 55h18M54 62h18M54 69h10", 3],
  ["body", "M62 45 72 30", 3],
];
const chair: Shape[] = [
  ["body", "M34 78 60 46M64 78 40 46", 5],
  ["body", "M34 22h8l4 30h-8Z"],
  ["mark", "M36 48h32v7H36Z"],
];
const umbrella: Shape[] = [
  ["mark", "M50 30v42a7 7 0 0 0 14 0", 4],
  ["body", "M18 52a32 30 0 0 1 64 0c-5-5-11-5-16 0-5-5-11-5-16 0-5-5-11-5-16 0-5-5-11-5-16 0Z"],
];
const dripper: Shape[] = [
  ["body", "M28 34h44L58 56H42Z"],
  ["mark", "M36 56h28v5H36Z"],
  ["body", "M38 63h24v10a5 5 0 0 1-5 5H43a5 5 0 0 1-5-5Z"],
];

/** By a word in a product's name, the first that fits. */
const MOTIFS: [RegExp, Shape[]][] = [
  [/mug|cup\b/i, cup],
  [/kettle|teapot/i, kettle],
  [/\bpan\b|saucepan|pot with/i, pan],
  [/knife|secateurs|scissors/i, knife],
  [/towel|apron|blanket|cushion|linen/i, cloth],
  [/bottle|grinder|soap/i, bottle],
  [/tote|rucksack|bag|wallet/i, bag],
  [/blend|decaf|beans|coffee|filters/i, sack],
  [/notebook|book/i, book],
  [/pen\b|ballpoint|pencil|brush/i, pen],
  [/lantern|candle/i, lantern],
  [/lamp/i, lamp],
  [/plant|flower|basket/i, plant],
  [/dripper/i, dripper],
  [/clock|scale/i, dial],
  [/radio/i, radio],
  [/chair/i, chair],
  [/umbrella/i, umbrella],
  [/board|mat\b|lunch box|linocut|print/i, board],
];

/** For a name without a known motif. */
export const GENERIC_MOTIF: Shape[] = [
  ["body", "M32 70a18 30 0 0 1 36 0Z"],
  ["mark", "M45 58a5 5 0 1 0 10 0 5 5 0 1 0-10 0Z"],
];

/** Returns the motif for the name of a product, or undefined if no motif fits. */
export const motifOf = (name: string): Shape[] | undefined => MOTIFS.find(([words]) => words.test(name))?.[1];
