import type { ReactNode } from "react";

/** The main colour of a motif, and the colour of its accents. */
interface Ink {
  body: string;
  mark: string;
}

type Draw = (ink: Ink) => ReactNode;

const cup: Draw = ({ body, mark }) => (
  <>
    <path d="M64 46h6a9 9 0 0 1 0 18h-6" fill="none" stroke={body} strokeWidth="5" />
    <path d="M32 38h34v28a10 10 0 0 1-10 10H42a10 10 0 0 1-10-10Z" fill={body} />
    <path d="M32 50h34v5H32Z" fill={mark} />
  </>
);
const kettle: Draw = ({ body, mark }) => (
  <>
    <path d="M66 68c14 0 10-24 20-28" fill="none" stroke={body} strokeLinecap="round" strokeWidth="5" />
    <path d="M36 46c-14-2-18 12-10 20" fill="none" stroke={body} strokeLinecap="round" strokeWidth="5" />
    <path d="M36 44h28l8 28a4 4 0 0 1-4 5H32a4 4 0 0 1-4-5Z" fill={body} />
    <path d="M40 39h20v5H40Zm7-6h6v6h-6Z" fill={mark} />
  </>
);
const pan: Draw = ({ body, mark }) => (
  <>
    <path d="M66 60h26" stroke={mark} strokeLinecap="round" strokeWidth="6" />
    <path d="M14 52h56v10a14 14 0 0 1-14 14H28a14 14 0 0 1-14-14Z" fill={body} />
    <path d="M12 49h60v6H12Z" fill={mark} />
  </>
);
const knife: Draw = ({ body, mark }) => (
  <g transform="rotate(-28 50 55)">
    <path d="M10 60c8-14 22-18 50-18v18Z" fill={body} />
    <path d="M60 42h28a6 6 0 0 1 6 6v6a6 6 0 0 1-6 6H60Z" fill={mark} />
  </g>
);
const board: Draw = ({ body, mark }) => (
  <>
    <rect fill={body} height="44" rx="7" width="56" x="22" y="33" />
    <path d="M30 46h40M30 56h40M30 66h26" stroke={mark} strokeLinecap="round" strokeWidth="3" />
  </>
);
const cloth: Draw = ({ body, mark }) => (
  <>
    <path d="M28 30h44v44l-7-4-7 4-8-4-8 4-7-4-7 4Z" fill={body} />
    <path d="M28 38h44v4H28Zm0 8h44v3H28Z" fill={mark} />
  </>
);
const bottle: Draw = ({ body, mark }) => (
  <>
    <path d="M43 36h14v6c6 4 8 8 8 14v16a5 5 0 0 1-5 5H40a5 5 0 0 1-5-5V56c0-6 2-10 8-14Z" fill={body} />
    <path d="M42 26h16v8H42Zm-7 32h30v8H35Z" fill={mark} />
  </>
);
const bag: Draw = ({ body, mark }) => (
  <>
    <path d="M38 44V36a12 12 0 0 1 24 0v8" fill="none" stroke={mark} strokeWidth="5" />
    <path d="M28 42h44l4 31a4 4 0 0 1-4 5H28a4 4 0 0 1-4-5Z" fill={body} />
    <path d="M40 56h20v10H40Z" fill={mark} />
  </>
);
const sack: Draw = ({ body, mark }) => (
  <>
    <path d="M32 36h36l4 38a4 4 0 0 1-4 4H32a4 4 0 0 1-4-4Z" fill={body} />
    <path d="M31 30h38v8H31Z" fill={mark} />
    <ellipse cx="50" cy="58" fill={mark} rx="8" ry="11" transform="rotate(24 50 58)" />
    <path d="M46 50q8 8 8 16" fill="none" stroke={body} strokeWidth="2.5" />
  </>
);
const book: Draw = ({ body, mark }) => (
  <>
    <rect fill={body} height="48" rx="4" width="36" x="32" y="29" />
    <path d="M38 29h5v48h-5Z" fill={mark} />
    <path d="M49 42h13M49 49h13" stroke={mark} strokeLinecap="round" strokeWidth="3" />
  </>
);
const pen: Draw = ({ body, mark }) => (
  <g transform="rotate(38 50 52)">
    <path d="M44 18h12v46H44Z" fill={body} />
    <path d="M44 64h12l-6 16Z" fill={mark} />
    <path d="M44 26h12v6H44Z" fill={mark} />
  </g>
);
const lamp: Draw = ({ body, mark }) => (
  <>
    <path
      d="M40 78 34 52l22-18"
      fill="none"
      stroke={body}
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeWidth="5"
    />
    <path d="M26 76h28v5H26Z" fill={body} />
    <path d="m52 24 26 18-20 14Z" fill={body} />
    <path d="m62 56 14-10 4 14Z" fill={mark} />
  </>
);
const lantern: Draw = ({ body, mark }) => (
  <>
    <path d="M40 34a10 10 0 0 1 20 0" fill="none" stroke={body} strokeWidth="4" />
    <path d="M36 34h28v7H36Zm-2 36h32v8H34Z" fill={body} />
    <path d="M38 41h24v29H38Z" fill={mark} />
    <path d="M50 48c6 6 6 16 0 18-6-2-6-12 0-18Z" fill={body} />
  </>
);
const plant: Draw = ({ body, mark }) => (
  <>
    <path d="M50 54c-16 0-22-10-22-24 16 0 22 10 22 24Zm0 0c16 0 20-10 20-20-14 0-20 8-20 20Z" fill={mark} />
    <path d="M34 54h32l-5 24H39Z" fill={body} />
  </>
);
const dial: Draw = ({ body, mark }) => (
  <>
    <circle cx="50" cy="54" fill={body} r="25" />
    <path d="M50 40v15l10 6" fill="none" stroke={mark} strokeLinecap="round" strokeLinejoin="round" strokeWidth="4" />
  </>
);
const radio: Draw = ({ body, mark }) => (
  <>
    <rect fill={body} height="32" rx="6" width="60" x="20" y="45" />
    <circle cx="37" cy="61" fill={mark} r="9" />
    <path d="M54 55h18M54 62h18M54 69h10" stroke={mark} strokeLinecap="round" strokeWidth="3" />
    <path d="M62 45 72 30" stroke={body} strokeLinecap="round" strokeWidth="3" />
  </>
);
const chair: Draw = ({ body, mark }) => (
  <>
    <path d="M34 78 60 46M64 78 40 46" stroke={body} strokeLinecap="round" strokeWidth="5" />
    <path d="M34 22h8l4 30h-8Z" fill={body} />
    <path d="M36 48h32v7H36Z" fill={mark} />
  </>
);
const umbrella: Draw = ({ body, mark }) => (
  <>
    <path d="M50 30v42a7 7 0 0 0 14 0" fill="none" stroke={mark} strokeLinecap="round" strokeWidth="4" />
    <path d="M18 52a32 30 0 0 1 64 0c-5-5-11-5-16 0-5-5-11-5-16 0-5-5-11-5-16 0-5-5-11-5-16 0Z" fill={body} />
  </>
);
const dripper: Draw = ({ body, mark }) => (
  <>
    <path d="M28 34h44L58 56H42Z" fill={body} />
    <path d="M36 56h28v5H36Z" fill={mark} />
    <path d="M38 63h24v10a5 5 0 0 1-5 5H43a5 5 0 0 1-5-5Z" fill={body} opacity="0.75" />
  </>
);

/** By a word in a product's name, the first that fits. */
const MOTIFS: [RegExp, Draw][] = [
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

/** Returns the motif for the name of a product, or undefined if no motif fits. */
export function motifOf(name: string): Draw | undefined {
  return MOTIFS.find(([word]) => word.test(name))?.[1];
}
