/** A time in UTC, because operators may work in different time zones. */
export function Timestamp({ at }: { at: Date | string | null | undefined }) {
  if (!at) return <span className="text-muted">—</span>;
  const date = new Date(at);
  return (
    <time className="whitespace-nowrap text-muted tabular-nums" dateTime={date.toISOString()}>
      {date.toISOString().slice(0, 16).replace("T", " ")}
    </time>
  );
}
