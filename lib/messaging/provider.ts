import { notifyEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { parseRetryAfter } from "../retry-after";

/** What a provider's answer means: whether it took it, and if not, whether trying again can help. */
export interface ProviderAnswer {
  status: number;
  body: string;
  retryAfter?: string | null;
}

/**
 * Calls a provider of ours.
 * @throws AppError `provider_unavailable`, with `retry`; `provider_refused`, final
 */
export async function callProvider(name: string, url: string, init: RequestInit): Promise<string> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(notifyEnv().NOTIFY_TIMEOUT_MS) });
    body = await response.text();
  } catch (cause) {
    throw unavailable(name, messageOf(cause), true, cause);
  }
  judge(name, { status: response.status, body, retryAfter: response.headers.get("retry-after") });
  return body;
}

/**
 * 2xx is success. Too many requests, trouble on their side, and a key that they do not take just now (an operator mends
 * it) heal; everything else is an answer to this very request and would be the same again.
 */
export function judge(name: string, { status, body, retryAfter }: ProviderAnswer): void {
  if (status >= 200 && status < 300) return;
  const said = `${status} ${body.slice(0, 300)}`.trim();
  if (status >= 500 || [401, 403, 408, 425, 429].includes(status))
    throw unavailable(name, said, parseRetryAfter(retryAfter));
  throw new AppError("provider_refused", 422, `${name} refused: ${said}`);
}

export const unavailable = (name: string, why: string, retry: true | number, cause?: unknown) =>
  new AppError("provider_unavailable", 503, `${name}: ${why}`, { retry, cause });
