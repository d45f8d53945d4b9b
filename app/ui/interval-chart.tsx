import type { ReactNode } from "react";

interface Share {
  value: number;
  low: number;
  high: number;
}

interface Props {
  title: string;
  /** Shares from 0 to 1 with their intervals, or null if nothing is known. The note follows the figures. */
  rows: { label: string; share: Share | null; note?: ReactNode }[];
}

const percent = (share: number) => `${(share * 100).toFixed(1).replace(/\.0$/, "")} %`;

/** The end of the axis: the next twentieth above the highest interval, so that small shares fill the width. */
const endOf = (rows: Props["rows"]) =>
  Math.min(1, Math.max(0.05, Math.ceil(20 * Math.max(...rows.map(({ share }) => share?.high ?? 0))) / 20));

/**
 * Shares as points on their confidence intervals, on one axis. The figures stand beside each drawing as text. It is plain HTML, so it
 * is drawn without JavaScript too.
 */
export function IntervalChart({ title, rows }: Props) {
  const end = endOf(rows);
  return (
    <figure className="grid content-start gap-3">
      <figcaption>
        <h3>{title}</h3>
      </figcaption>
      <dl className="grid gap-4">
        {rows.map(({ label, share, note }) => (
          <div className="grid gap-1" key={label}>
            <dt className="text-sm">{label}</dt>
            <dd className="grid gap-1 text-sm">
              <Drawing end={end} share={share} />
              <span className="tabular-nums">
                {share ? (
                  <>
                    <strong>{percent(share.value)}</strong>
                    <span className="text-muted">
                      {" "}
                      ({percent(share.low)} to {percent(share.high)})
                    </span>
                  </>
                ) : (
                  <span className="text-muted">no emails yet</span>
                )}
              </span>
              {note ? <span className="text-muted">{note}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
      <p aria-hidden className="flex justify-between text-muted text-xs tabular-nums">
        <span>0 %</span>
        <span>{percent(end)}</span>
      </p>
    </figure>
  );
}

/** The interval as a bar and the share as a point on it. */
function Drawing({ share, end }: { share: Share | null; end: number }) {
  const at = (value: number) => `${((100 * value) / end).toFixed(2)}%`;
  return (
    <div aria-hidden className="relative mx-1.5 h-4">
      <div className="-mx-1.5 absolute inset-x-0 top-1/2 border-line border-t" />
      {share ? (
        <>
          <div
            className="-translate-y-1/2 absolute top-1/2 h-2 rounded-full border border-accent bg-raised"
            style={{ left: at(share.low), width: at(share.high - share.low) }}
          />
          <div
            className="-translate-x-1/2 -translate-y-1/2 absolute top-1/2 size-3 rounded-full border-6 border-accent"
            style={{ left: at(share.value) }}
          />
        </>
      ) : null}
    </div>
  );
}
