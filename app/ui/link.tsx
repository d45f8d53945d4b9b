"use client";

import NextLink, { useLinkStatus } from "next/link";
import { type ComponentProps, createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

interface Loading {
  busy: boolean;
  report: (change: 1 | -1) => void;
}

const Context = createContext<Loading>({ busy: false, report: () => {} });

/** A shorter load shows no skeleton, because it would only flash. */
const SKELETON_DELAY_MS = 150;

/**
 * Contains pages and the links to them, and knows whether a page is loading. Next's `loading.tsx` does not fit: Next sends
 * it before the page and a script removes it. Without JavaScript it would stay, and a missing page would answer 200.
 */
export function LoadingArea({ children }: { children: ReactNode }) {
  const [pending, setPending] = useState(0);
  const [busy, setBusy] = useState(false);
  const loading = pending > 0;
  useEffect(() => {
    const timer = setTimeout(() => setBusy(loading), loading ? SKELETON_DELAY_MS : 0);
    return () => clearTimeout(timer);
  }, [loading]);
  const value = useMemo(
    () => ({ busy: busy && loading, report: (change: 1 | -1) => setPending((count) => count + change) }),
    [busy, loading],
  );
  return <Context value={value}>{children}</Context>;
}

/** The content of the page. While the next page loads, it shows a skeleton and a status for screen readers. */
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

/** A link within the app. While the next page loads, the LoadingArea around it shows a skeleton. */
export function Link({ children, ...props }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink {...props}>
      {children}
      <ReportLoading />
    </NextLink>
  );
}

/** Reports to the LoadingArea around it while the page of its link loads. */
function ReportLoading() {
  const { pending } = useLinkStatus();
  const { report } = useContext(Context);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each `report` does the same, and each start needs its end
  useEffect(() => {
    if (!pending) return;
    report(1);
    return () => report(-1);
  }, [pending]);
  return null;
}

/** A link inside text. */
export function TextLink({ className = "", ...props }: ComponentProps<typeof Link>) {
  return <Link className={`text-accent underline ${className}`} {...props} />;
}
