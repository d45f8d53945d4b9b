import type { ComponentProps } from "react";
import { GENERIC_MOTIF, motifOf } from "./product-motifs";

/** Colours for the background, the motif, the ground and the accents. */
const PALETTES = [
  ["#e9dfd2", "#b5694a", "#24544f", "#d9a441"],
  ["#dbe4e0", "#2c5f5d", "#c8794f", "#f0e2b6"],
  ["#ece3e0", "#8c4a4a", "#39495c", "#d3a06a"],
  ["#dde3ea", "#33506b", "#b98a5e", "#7f9c8b"],
  ["#e8e6d6", "#5b6b3a", "#a65a3e", "#d8c27a"],
] as const;

/** An illustration generated from the name and the SKU of a product. The same input gives the same picture. */
export function ProductPicture({ sku, name, ...props }: { sku: string; name: string } & ComponentProps<"svg">) {
  const next = randomFrom(sku);
  const [background, body, ground, mark] = PALETTES[Math.floor(next() * PALETTES.length)] ?? PALETTES[0];
  const x = 24 + next() * 52;
  const y = 24 + next() * 14;
  const radius = 12 + next() * 8;
  const horizon = 68 + next() * 8;
  const motif = motifOf(name);
  const rotation = motif ? 0 : Math.floor(next() * 4) * 90;
  return (
    <svg
      aria-label={`Illustration of ${name}`}
      role="img"
      viewBox="0 0 100 100"
      xmlns="http://www.w3.org/2000/svg"
      {...props}
    >
      <rect fill={background} height="100" width="100" />
      <circle cx={x} cy={y} fill={mark} opacity="0.45" r={radius} />
      <path d={`M0 ${horizon} Q 50 ${horizon - 10} 100 ${horizon} V100 H0 Z`} fill={ground} />
      <g strokeLinecap="round" strokeLinejoin="round" transform={`rotate(${rotation} 50 55)`}>
        {(motif ?? GENERIC_MOTIF).map(([ink, path, lineWidth]) => {
          const colour = ink === "body" ? body : mark;
          return (
            <path
              d={path}
              key={path}
              {...(lineWidth ? { fill: "none", stroke: colour, strokeWidth: lineWidth } : { fill: colour })}
            />
          );
        })}
      </g>
    </svg>
  );
}

/** Returns a generator of pseudo-random numbers from 0 to 1, seeded with a text (mulberry32). */
function randomFrom(text: string): () => number {
  let state = 0;
  for (const letter of text) state = (Math.imul(state, 31) + letter.charCodeAt(0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
