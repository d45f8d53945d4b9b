"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

interface Loading {
  busy: boolean;
  report: (change: 1 | -1) => void;
}

const Context = createContext<Loading>({ busy: false, report: () => {} });

/** A wait shorter than this shows nothing: a flash would be worse than none. In ms. */
const PATIENCE = 150;

/**
 * Around an area of pages and the links to them: knows when a link is being followed. Not Next's `loading.tsx`, which is
 * sent before the page and needs a script to go away again: without JavaScript it would stay, and what is not found or not
 * allowed would be answered with 200.
 */
export function LoadingArea({ children }: { children: ReactNode }) {
  const [followed, setFollowed] = useState(0);
  const [busy, setBusy] = useState(false);
  const loading = followed > 0;
  useEffect(() => {
    const timer = setTimeout(() => setBusy(loading), loading ? PATIENCE : 0);
    return () => clearTimeout(timer);
  }, [loading]);
  const value = useMemo(
    () => ({ busy: busy && loading, report: (change: 1 | -1) => setFollowed((count) => count + change) }),
    [busy, loading],
  );
  return <Context value={value}>{children}</Context>;
}

/** What changes from page to page: while the next one is on its way, a skeleton, and a word for screen readers. */
export function LoadingContent({ skeleton, children }: { skeleton: ReactNode; children: ReactNode }) {
  const { busy } = useContext(Context);
  return (
    <>
      <p className="sr-only" role="status">
        {busy ? "Loading" : ""}
      </p>
      {busy ? skeleton : null}
      <div hidden={busy}>{children}</div>
    </>
  );
}

/** Tells the area around it that something loads, for as long as it does. */
export function useLoading(loading: boolean): void {
  const { report } = useContext(Context);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each `report` does the same, and one begun is to be ended
  useEffect(() => {
    if (!loading) return;
    report(1);
    return () => report(-1);
  }, [loading]);
}
