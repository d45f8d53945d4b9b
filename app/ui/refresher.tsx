"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Refreshes the page every `intervalMs`, while its data changes. */
export function Refresher({ intervalMs = 2_000 }: { intervalMs?: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, router]);
  return null;
}
