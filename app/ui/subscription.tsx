"use client";

import { useRealtime } from "inngest/react";
import { useEffect } from "react";

export interface SubscriptionProps {
  /** The route that makes the token. It decides who may subscribe, and to which channel. */
  tokenUrl: string;
  topics: readonly string[];
  /** Called when the connection is open or lost. A page that nobody sees is not connected, which is no loss. */
  onStatus(isLive: boolean): void;
  onChange(): void;
}

/** Connects to Inngest Realtime. This module contains its client, so it is loaded after the page. */
export function Subscription({ tokenUrl, topics, onStatus, onChange }: SubscriptionProps) {
  const { connectionStatus, messages } = useRealtime({
    // The token names the channel. This one only distinguishes subscriptions.
    channel: tokenUrl,
    topics: [...topics],
    token: () => fetchToken(tokenUrl, topics),
    historyLimit: 1,
    autoCloseOnTerminal: false,
    reconnectMinMs: 1_000,
    reconnectMaxMs: 30_000,
  });
  const isLive = connectionStatus === "open" || connectionStatus === "paused";
  useEffect(() => onStatus(isLive), [isLive, onStatus]);
  // What happened before the connection was open, or while it was not.
  const isOpen = connectionStatus === "open";
  useEffect(() => {
    if (isOpen) onChange();
  }, [isOpen, onChange]);
  const { last } = messages;
  useEffect(() => {
    if (last) onChange();
  }, [last, onChange]);
  return null;
}

async function fetchToken(url: string, topics: readonly string[]) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ topics }),
  });
  if (!response.ok) throw new Error(`no token for live progress: ${response.status}`);
  const token: { channel: string; topics: string[]; key: string; apiBaseUrl: string } = await response.json();
  return token;
}
