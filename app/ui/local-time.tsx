"use client";

import { useSyncExternalStore } from "react";

const FORMAT = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" } as const;

const subscribe = () => () => {};

/** A time in the time zone of the browser. Without JavaScript, and until the script runs, it is in UTC. */
export function LocalTime({ at }: { at: Date | string }) {
  const date = new Date(at);
  const text = useSyncExternalStore(
    subscribe,
    () => date.toLocaleString("en-GB", FORMAT),
    () => `${date.toLocaleString("en-GB", { ...FORMAT, timeZone: "UTC" })} UTC`,
  );
  return <time dateTime={date.toISOString()}>{text}</time>;
}
