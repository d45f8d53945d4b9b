import { inngestEnv } from "./env";

/** Returns the address at which browsers reach Inngest Realtime, as Inngest's client chooses the address of the API. */
export function realtimeUrl(): string {
  const { INNGEST_PUBLIC_URL, INNGEST_BASE_URL, INNGEST_DEV = "0" } = inngestEnv();
  const cloud = ["0", "false"].includes(INNGEST_DEV);
  return INNGEST_PUBLIC_URL ?? INNGEST_BASE_URL ?? (cloud ? "https://api.inngest.com" : "http://localhost:8288");
}

/** Returns the origin of the subscription's socket, for the policy of pages. Undefined if live progress is off. */
export function socketOrigin(): string | undefined {
  return inngestEnv().INNGEST_REALTIME ? new URL(realtimeUrl()).origin.replace(/^http/, "ws") : undefined;
}
