import type { ReactNode } from "react";
import { Badge } from "./surface";

/** Whether something is as it should be: by a sign, a word and a colour, with the reason below. */
export function StatusRow({
  good,
  word = good ? "OK" : "Failing",
  children,
  reason,
}: {
  good: boolean;
  word?: string;
  children: ReactNode;
  reason?: ReactNode;
}) {
  return (
    <li className="grid grid-cols-[auto_1fr] items-start gap-x-3 gap-y-1">
      <span>
        <Badge tone={good ? "good" : "bad"}>
          <span aria-hidden className="mr-1.5">
            {good ? "✓" : "✗"}
          </span>
          {word}
        </Badge>
      </span>
      <span className="min-w-0">{children}</span>
      {reason ? <div className={`col-span-2 min-w-0 text-sm ${good ? "text-muted" : "text-bad"}`}>{reason}</div> : null}
    </li>
  );
}
