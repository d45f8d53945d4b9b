"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Refreshes the page every two seconds, while its data changes. */
export function Refresher() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), 2_000);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}

/** Polls the order at `url` and refreshes the page when its timeline grows. Without JavaScript, the page reloads itself. */
export function OrderPoller({ url, events, intervalMs }: { url: string; events: number; intervalMs: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(async () => {
      const response = await fetch(url, { cache: "no-store" }).catch(() => undefined);
      const order: { timeline?: unknown[] } = response?.ok ? await response.json() : {};
      if (order.timeline && order.timeline.length !== events) router.refresh();
    }, intervalMs);
    return () => clearInterval(timer);
  }, [url, events, intervalMs, router]);
  return null;
}
