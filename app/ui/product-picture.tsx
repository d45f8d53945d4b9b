/** Colours that go together: a ground and three shapes. */
const PALETTES = [
  ["#e9dfd2", "#b5694a", "#24544f", "#d9a441"],
  ["#dbe4e0", "#2c5f5d", "#c8794f", "#f0e2b6"],
  ["#ece3e0", "#8c4a4a", "#39495c", "#d3a06a"],
  ["#dde3ea", "#33506b", "#b98a5e", "#7f9c8b"],
  ["#e8e6d6", "#5b6b3a", "#a65a3e", "#d8c27a"],
] as const;

/** A picture made from the product's SKU: the same every time, with nothing to download. */
export function ProductPicture({ sku, name, className = "" }: { sku: string; name: string; className?: string }) {
  const next = numbers(sku);
  const [ground, a, b, c] = PALETTES[Math.floor(next() * PALETTES.length)] ?? PALETTES[0];
  const turn = Math.floor(next() * 4) * 90;
  const x = 30 + next() * 40;
  const y = 34 + next() * 30;
  const radius = 17 + next() * 13;
  const horizon = 62 + next() * 16;
  return (
    <svg
      aria-label={`Illustration of ${name}`}
      className={className}
      role="img"
      viewBox="0 0 100 100"
      xmlns="http://www.w3.org/2000/svg"
    >
      <rect fill={ground} height="100" width="100" />
      <circle cx={x} cy={y} fill={c} r={radius} />
      <path d={`M0 ${horizon} Q 50 ${horizon - 18} 100 ${horizon} V100 H0 Z`} fill={b} />
      <g transform={`rotate(${turn} 50 50)`}>
        <path d={`M${50 - radius * 0.8} 78 a${radius * 0.8} ${radius * 1.3} 0 0 1 ${radius * 1.6} 0 Z`} fill={a} />
      </g>
      <text
        fill="#ffffff"
        fontFamily="ui-sans-serif, system-ui"
        fontSize="9"
        fontWeight="600"
        opacity="0.9"
        x="7"
        y="93"
      >
        {initials(name)}
      </text>
    </svg>
  );
}

const initials = (name: string) =>
  name
    .split(/[\s,]+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");

/** Numbers from 0 to 1 that follow from a text (mulberry32). */
function numbers(text: string): () => number {
  let state = 0;
  for (const letter of text) state = (Math.imul(state, 31) + letter.charCodeAt(0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
