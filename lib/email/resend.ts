import { Resend } from "resend";
import { emailEnv } from "../env";

let client: Resend | undefined;

/** Returns Resend's client. */
export function resend(): Resend {
  const { RESEND_API_KEY, RESEND_BASE_URL } = emailEnv();
  client ??= new Resend(RESEND_API_KEY, RESEND_BASE_URL ? { baseUrl: RESEND_BASE_URL } : undefined);
  return client;
}
