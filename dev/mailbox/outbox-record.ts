export const CHANNELS = ["sms", "push", "crm"] as const;
export type Channel = (typeof CHANNELS)[number];

/** A message or record that would have gone to another provider. */
export interface OutboxRecord {
  id: string;
  channel: Channel;
  at: string;
  body: Record<string, unknown>;
}
