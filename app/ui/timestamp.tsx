import { storeEnv } from "@/lib/env";
import { ViewerTime } from "./viewer-time";
import { type TimeStyle, zonedTime } from "./zoned-time";

function time(at: Date | string, style: TimeStyle, className?: string) {
  const date = new Date(at);
  const inStore = zonedTime(date, storeEnv().STORE_TIME_ZONE, style);
  return <ViewerTime at={date.toISOString()} className={className} style={style} {...inStore} />;
}

/** A time in a table or a list: `2026-11-29 02:09`, in the viewer's time zone. The title names the zone. */
export function Timestamp({ at }: { at: Date | string | null | undefined }) {
  if (!at) return <span className="text-muted">—</span>;
  return time(at, "table", "whitespace-nowrap text-muted tabular-nums");
}

/** A time in words: `29 Nov 2026, 02:09`, in the viewer's time zone. The title names the zone. */
export const LocalTime = ({ at }: { at: Date | string }) => time(at, "words");
