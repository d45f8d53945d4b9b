import { recordBroadcastEmailEvent } from "../broadcasts/record-email-event";
import { now } from "../clock";
import { type ResendEvent, recordEmailEvent, resendEventSchema, suppressionOf } from "../email/email-events";
import { resend } from "../email/resend";
import { suppressAddress } from "../email/suppress-address";
import { emailEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { storableJson } from "../text";
import { receive } from "../webhook-inbox";

/**
 * Takes in a webhook of Resend (signed the Svix way) and notes on the email what became of it. A webhook that comes again
 * is noted again, which changes nothing: so a crash between the two halves loses nothing either.
 *
 * @throws AppError `invalid_signature` (400); nothing is recorded then.
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
    { receipt: suppression ? `Noted ${event.type}; the address is suppressed.` : `Noted ${event.type}.` },
  );
  const at = event.created_at ? new Date(event.created_at) : now();
  const recipient = (await recordEmailEvent(event, at)) ?? (await recordBroadcastEmailEvent(event, at));
  // An unknown email came from the same account at Resend. Its address has bounced all the same.
  const address = recipient ?? (event.data.to.length === 1 ? event.data.to[0] : undefined);
  if (suppression && address) await suppressAddress(address, suppression.reason, suppression.detail);
  return receipt;
}

function verify(body: string, headers: { id: string; timestamp: string; signature: string }): ResendEvent {
  try {
    const { RESEND_WEBHOOK_SECRET } = emailEnv();
    const event = resend().webhooks.verify({ payload: body, headers, webhookSecret: RESEND_WEBHOOK_SECRET });
    // A bounce quotes whatever a foreign server said.
    return resendEventSchema.parse(JSON.parse(storableJson(event)));
  } catch (cause) {
    throw new AppError("invalid_signature", 400, `The signature does not fit: ${messageOf(cause).split("\n")[0]}`, {
      cause,
    });
  }
}
