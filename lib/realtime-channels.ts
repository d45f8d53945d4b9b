import { channel } from "inngest/realtime";
import { z } from "zod";

/**
 * The channels of Inngest Realtime. A message says only that something changed, so that a page reads the new state itself, with its
 * own rights. It never contains personal data.
 */

const changeSchema = z.object({
  /** The id of what changed; absent when several things changed. */
  id: z.string().optional(),
  /** The step that ran, such as `charge-payment`, or the entry of the timeline, such as `order_shipped`. */
  change: z.string().optional(),
});

export type Change = z.infer<typeof changeSchema>;

/** One order. Its customer and the managers may subscribe. */
export const orderChannel = channel({
  name: (orderId: string) => `order:${orderId}`,
  topics: { changed: { schema: changeSchema } },
});

/** What the console shows. Only managers may subscribe. `health`: a scheduled function ran. */
export const consoleChannel = channel({
  name: "console",
  topics: {
    orders: { schema: changeSchema },
    imports: { schema: changeSchema },
    broadcasts: { schema: changeSchema },
    jobs: { schema: changeSchema },
    health: { schema: changeSchema },
  },
});

export const CONSOLE_TOPICS = ["orders", "imports", "broadcasts", "jobs", "health"] as const;

export type ConsoleTopic = (typeof CONSOLE_TOPICS)[number];
