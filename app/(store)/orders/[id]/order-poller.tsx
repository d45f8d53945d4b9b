"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Has the page drawn anew as soon as something happened to the order; looks every so many ms. Without JavaScript the page reloads itself. */
export function OrderPoller({ address, seen, every }: { address: string; seen: number; every: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(async () => {
      const response = await fetch(address, { cache: "no-store" }).catch(() => undefined);
      const order: { timeline?: unknown[] } = response?.ok ? await response.json() : {};
      if (order.timeline && order.timeline.length !== seen) router.refresh();
    }, every);
    return () => clearInterval(timer);
  }, [address, seen, every, router]);
  return null;
}
