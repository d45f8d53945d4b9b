import { z } from "zod";
import { recordBroadcastEmailEvent } from "../broadcasts/broadcasts";
import { now } from "../clock";
import { suppressAddress } from "../email/consent";
import { type ResendEvent, recordEmailEvent, resendEventSchema, suppressionOf } from "../email/email-events";
import { resend } from "../email/send-queue";
import { emailEnv } from "../env";
import { AppError } from "../errors";
import { storableJson } from "../text";
import { invalidSignature, receive } from "../webhook-inbox";

/**
 * Verifies a Resend webhook (signed as Svix does), stores it and records the event on the email. A repeated webhook is recorded
 * again without effect, so a crash between the two writes loses nothing. Returns a receipt sentence.
 * @throws AppError `invalid_signature` or `malformed_event` (400); nothing is stored then.
 */
export async function receiveResendEvent(body: string, headers: Headers): Promise<string> {
  const id = headers.get("svix-id") ?? "";
  const event = verify(body, {
    id,
    timestamp: headers.get("svix-timestamp") ?? "",
    signature: headers.get("svix-signature") ?? "",
  });
  const suppression = suppressionOf(event);
  const receipt = await receive(
    { provider: "resend", id, type: event.type, objectId: event.data.email_id ?? null, payload: event },
    { receipt: suppression ? `Recorded ${event.type}; the address is suppressed.` : `Recorded ${event.type}.` },
  );
  const at = event.created_at ? new Date(event.created_at) : now();
  const recipient = (await recordEmailEvent(event, at)) ?? (await recordBroadcastEmailEvent(event, at));
  // An unknown email was sent from the same Resend account. Its address is suppressed too.
  const address = recipient ?? (event.data.to.length === 1 ? event.data.to[0] : undefined);
  if (suppression && address) await suppressAddress(address, suppression.reason, suppression.detail);
  return receipt;
}

function verify(body: string, headers: { id: string; timestamp: string; signature: string }): ResendEvent {
  let event: unknown;
  try {
    const { RESEND_WEBHOOK_SECRET } = emailEnv();
    event = resend().webhooks.verify({ payload: body, headers, webhookSecret: RESEND_WEBHOOK_SECRET });
  } catch (cause) {
    throw invalidSignature(cause);
  }
  // A bounce quotes text of the receiving server, which may contain characters that PostgreSQL cannot store.
  const parsed = resendEventSchema.safeParse(JSON.parse(storableJson(event ?? null)));
  if (parsed.success) return parsed.data;
  throw new AppError("malformed_event", 400, `This is no event of Resend's: ${z.prettifyError(parsed.error)}`);
}
