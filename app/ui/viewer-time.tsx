"use client";

import { useSyncExternalStore } from "react";
import { type TimeStyle, zonedTime } from "./zoned-time";

interface Props {
  /** ISO 8601. */
  at: string;
  style: TimeStyle;
  className?: string;
  /** The time in the store's zone. */
  text: string;
  title: string;
}

const subscribe = () => () => {};

/** Shows a time in the time zone of the browser. The server, and a browser without JavaScript, show it in the store's zone. */
export function ViewerTime({ at, style, className, ...inStore }: Props) {
  const isHydrated = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  );
  const { text, title } = isHydrated
    ? zonedTime(new Date(at), Intl.DateTimeFormat().resolvedOptions().timeZone, style)
    : inStore;
  return (
    <time className={className} dateTime={at} title={title}>
      {text}
    </time>
  );
}
