import type { ReactNode } from "react";
import type { ConsoleTopic } from "@/lib/realtime-channels";
import { socketOrigin } from "@/lib/realtime-url";
import { Live } from "./live";

const REFRESH_MS = 250;

/** Keeps the page of an order up to date. `poller` does so where Realtime is off or cannot be reached. */
export function LiveOrder({ id, token, poller }: { id: string; token?: string; poller?: ReactNode }) {
  if (!socketOrigin()) return poller;
  return (
    <Live
      intervalMs={REFRESH_MS}
      needsSession={!token}
      tokenUrl={`/api/orders/${id}/realtime-token${token ? `?token=${encodeURIComponent(token)}` : ""}`}
      topics={["changed"]}
    >
      {poller}
    </Live>
  );
}

interface LiveConsoleProps {
  topic: ConsoleTopic;
  /** The shortest time between two refreshes, for pages that cost the database more. */
  intervalMs?: number;
  poller?: ReactNode;
}

/** Keeps a page of the console up to date. */
export function LiveConsole({ topic, intervalMs = REFRESH_MS, poller }: LiveConsoleProps) {
  if (!socketOrigin()) return poller;
  return (
    <Live intervalMs={intervalMs} needsSession tokenUrl="/api/admin/realtime-token" topics={[topic]}>
      {poller}
    </Live>
  );
}
