/** A moment, in UTC: an operator's colleagues may sit anywhere. */
export function Timestamp({ at }: { at: Date | string | null | undefined }) {
  if (!at) return <span className="text-muted">—</span>;
  const moment = new Date(at);
  return (
    <time className="whitespace-nowrap text-muted tabular-nums" dateTime={moment.toISOString()}>
      {moment.toISOString().slice(0, 16).replace("T", " ")}
    </time>
  );
}
