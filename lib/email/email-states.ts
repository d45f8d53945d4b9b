import { EmailStatus, type NotificationStatus } from "@/prisma/generated/enums";

/** The states of an email in lists and views. `stopped`: its broadcast was stopped before the email was sent. */
export const EMAIL_STATES = { ...EmailStatus, stopped: "stopped" } as const;

export type EmailState = keyof typeof EMAIL_STATES;

const STATES: Record<EmailStatus | NotificationStatus, EmailState> = {
  ...EMAIL_STATES,
  ...{ pending: "queued", sending: "queued", refused: "suppressed" },
};

/** Returns the state of an email by the status of its row: one of `emails`, or of `notifications` for an email of a broadcast. */
export const emailState = (status: EmailStatus | NotificationStatus): EmailState => STATES[status];

/** Returns the statuses whose emails are in a state. */
export const statusesOf = (state: EmailState): string[] =>
  Object.entries(STATES).flatMap(([status, one]) => (one === state ? [status] : []));
