import type { ReactNode } from "react";
import { Badge } from "./surface";

interface Props {
  good: boolean;
  status?: string;
  children: ReactNode;
  details?: ReactNode;
}

/** A list item that shows a status as sign, text and colour, with details below. */
export function StatusRow({ good, status = good ? "OK" : "Failing", children, details }: Props) {
  return (
    <li className="grid grid-cols-[auto_1fr] items-start gap-x-3 gap-y-1">
      <span>
        <Badge tone={good ? "good" : "bad"}>
          <span aria-hidden className="mr-1.5">
            {good ? "✓" : "✗"}
          </span>
          {status}
        </Badge>
      </span>
      <span className="min-w-0">{children}</span>
      {details ? (
        <div className={`col-span-2 min-w-0 text-sm ${good ? "text-muted" : "text-bad"}`}>{details}</div>
      ) : null}
    </li>
  );
}
