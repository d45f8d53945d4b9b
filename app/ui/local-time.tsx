"use client";

import { useSyncExternalStore } from "react";

const FORMAT = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;

const nothing = () => () => {};

/** A moment as the clock of whoever looks shows it; until a script runs, and without one, in UTC. */
export function LocalTime({ at }: { at: Date | string }) {
  const moment = new Date(at);
  const text = useSyncExternalStore(
    nothing,
    () => moment.toLocaleString("en-GB", FORMAT),
    () => `${moment.toLocaleString("en-GB", { ...FORMAT, timeZone: "UTC" })} UTC`,
  );
  return <time dateTime={moment.toISOString()}>{text}</time>;
}
