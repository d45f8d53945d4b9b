"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** Draws the page anew every `every` ms: for something that is under way. */
export function Refresher({ every = 2_000 }: { every?: number }) {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), every);
    return () => clearInterval(timer);
  }, [every, router]);
  return null;
}
