/** Counts with their labels. */
export function Figures({ figures }: { figures: Record<string, number> }) {
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
      {Object.entries(figures).map(([label, count]) => (
        <div key={label}>
          <dt className="text-muted text-sm first-letter:uppercase">{label}</dt>
          <dd className="font-semibold text-xl tabular-nums">{count.toLocaleString("en")}</dd>
        </div>
      ))}
    </dl>
  );
}
