"use client";

import { useRealtime } from "inngest/react";
import { useEffect } from "react";
import { isSignedIn } from "./signed-in";

export interface SubscriptionProps {
  /** The route that makes the token. It decides who may subscribe, and to which channel. */
  tokenUrl: string;
  topics: readonly string[];
  needsSession: boolean;
  /** Called when the connection is open or lost. A page that nobody sees is not connected, which is no loss. */
  onStatus(isLive: boolean): void;
  onChange(): void;
}

/** Connects to Inngest Realtime. This module contains its client, so it is loaded after the page. */
export function Subscription({ tokenUrl, topics, needsSession, onStatus, onChange }: SubscriptionProps) {
  const { connectionStatus, messages } = useRealtime({
    // The token names the channel. This one only distinguishes subscriptions.
    channel: tokenUrl,
    topics: [...topics],
    token: () => fetchToken(tokenUrl, topics, needsSession),
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

async function fetchToken(url: string, topics: readonly string[], needsSession: boolean) {
  if (needsSession && !(await isSignedIn())) throw new Error("no token for live progress: the session has ended");
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ topics }),
  });
  if (!response.ok) throw new Error(`no token for live progress: ${response.status}`);
  const token: { channel: string; topics: string[]; key: string; apiBaseUrl: string } = await response.json();
  return token;
}
