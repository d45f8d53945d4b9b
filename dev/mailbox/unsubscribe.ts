import type { Clock } from "../engine/clock";
import type { MailRecord } from "./mail";

function headerOf(mail: MailRecord, name: string): string | undefined {
  return Object.entries(mail.headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The address of `List-Unsubscribe`, and whether a mail client may post to it at once (RFC 8058). */
export function unsubscribeOf(mail: MailRecord): { url: string; oneClick: boolean } | undefined {
  const url = /<(https?:\/\/[^>]+)>/.exec(headerOf(mail, "list-unsubscribe") ?? "")?.[1];
  if (!url || !URL.canParse(url)) return undefined;
  return { url, oneClick: headerOf(mail, "list-unsubscribe-post")?.trim() === "List-Unsubscribe=One-Click" };
}

/** How long a mail client waits; real time. */
const ANSWER_WITHIN = 10_000;

/** Does what a mail client does on a click: posts `List-Unsubscribe=One-Click`. Tells how it was answered. */
export async function unsubscribe(clock: Clock, url: string): Promise<string> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const signal = AbortSignal.timeout(ANSWER_WITHIN);
  const request = fetch(url, {
    method: "POST",
    redirect: "manual",
    headers,
    body: "List-Unsubscribe=One-Click",
    signal,
  });
  try {
    const response = await clock.busy(request);
    await response.arrayBuffer();
    return response.ok ? `Unsubscribed: ${response.status}.` : `The sender answered ${response.status}.`;
  } catch {
    return "The sender could not be reached.";
  }
}
