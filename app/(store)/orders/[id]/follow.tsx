"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const EVERY = 1_500;

/** Has the page drawn anew as soon as something happened to the order. Without JavaScript the page reloads itself. */
export function Follow({ address, seen }: { address: string; seen: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(async () => {
      const response = await fetch(address, { cache: "no-store" }).catch(() => undefined);
      const order: { timeline?: unknown[] } = response?.ok ? await response.json() : {};
      if (order.timeline && order.timeline.length !== seen) router.refresh();
    }, EVERY);
    return () => clearInterval(timer);
  }, [address, seen, router]);
  return null;
}
