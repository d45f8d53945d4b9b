"use client";

import { useRouter } from "next/navigation";
import { type ComponentType, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { isSignedIn } from "./signed-in";
import type { SubscriptionProps } from "./subscription";

/** The time without a connection after which the page polls. */
const GRACE_MS = 3_000;

interface LiveProps {
  tokenUrl: string;
  topics: readonly string[];
  /** The page needs a session. */
  needsSession: boolean;
  /** The shortest time between two refreshes. */
  intervalMs: number;
  /** Polls, while there is no connection. */
  children?: ReactNode;
}

/** Refreshes the page when its data changes. */
export function Live({ tokenUrl, topics, needsSession, intervalMs, children }: LiveProps) {
  const [Subscription, setSubscription] = useState<ComponentType<SubscriptionProps>>();
  const [isLive, setLive] = useState(false);
  const [polls, setPolls] = useState(false);
  const onChange = useRefresh(intervalMs, needsSession);
  useEffect(() => {
    // Without the module the page polls.
    import("./subscription").then(
      (module) => setSubscription(() => module.Subscription),
      () => {},
    );
  }, []);
  useEffect(() => {
    if (isLive) return setPolls(false);
    const timer = setTimeout(() => setPolls(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [isLive]);
  return (
    <>
      {Subscription ? (
        <Subscription
          needsSession={needsSession}
          onChange={onChange}
          onStatus={setLive}
          tokenUrl={tokenUrl}
          topics={topics}
        />
      ) : null}
      {polls ? children : null}
    </>
  );
}

/** Returns a function that refreshes the page at once, or when `intervalMs` have passed since the last refresh. */
function useRefresh(intervalMs: number, needsSession: boolean): () => void {
  const router = useRouter();
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(
      async () => {
        last.current = Date.now();
        if (!needsSession || (await isSignedIn())) router.refresh();
      },
      Math.max(0, last.current + intervalMs - Date.now()),
    );
  }, [router, intervalMs, needsSession]);
}
