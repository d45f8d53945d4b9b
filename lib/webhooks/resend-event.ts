import { Resend } from "resend";
import { z } from "zod";
import { db } from "../db";
import { emailEnv } from "../env";
import { AppError, messageOf } from "../errors";
import { receive } from "./inbox";

const eventSchema = z.object({ type: z.string(), data: z.object({ email_id: z.string() }) });

/** How much an event says of a mail's fate: a late "delivered" does not take back that it was opened. */
const RANK = ["email.sent", "email.delivered", "email.opened", "email.clicked", "email.bounced", "email.complained"];

/**
 * Takes in a webhook of Resend (signed the Svix way) and notes on the mail what became of it.
 * @throws AppError `invalid_signature` (400); nothing is recorded then.
 */
export async function receiveResendEvent(body: string, headers: Headers): Promise<string> {
  const id = headers.get("svix-id") ?? "";
  const event = verify(body, {
    id,
    timestamp: headers.get("svix-timestamp") ?? "",
    signature: headers.get("svix-signature") ?? "",
  });
  const mailId = event.data.email_id;
  const receipt = await receive(
    { provider: "resend", id, type: event.type, objectId: mailId, payload: event },
    { receipt: `Noted ${event.type}.` },
  );
  const rank = RANK.indexOf(event.type);
  await db().$executeRaw`
    UPDATE mails SET last_event = ${event.type}
    WHERE provider_id = ${mailId} AND coalesce(array_position(${RANK}::text[], last_event), 0) < ${rank + 1}`;
  return receipt;
}

function verify(
  body: string,
  headers: { id: string; timestamp: string; signature: string },
): z.output<typeof eventSchema> {
  try {
    const { RESEND_API_KEY, RESEND_WEBHOOK_SECRET } = emailEnv();
    return eventSchema.parse(
      new Resend(RESEND_API_KEY).webhooks.verify({ payload: body, headers, webhookSecret: RESEND_WEBHOOK_SECRET }),
    );
  } catch (cause) {
    throw new AppError("invalid_signature", 400, `The signature does not fit: ${messageOf(cause).split("\n")[0]}`, {
      cause,
    });
  }
}
