import { cron } from "inngest";
import { inngest } from "@/inngest/client";
import { resumeStalled } from "@/lib/bulk/resume-stalled";
import { healGifts } from "@/lib/coupons/heal-gifts";
import { recordHeartbeat } from "@/lib/heartbeats";
import { indexMissed } from "@/lib/search/index-user";
import { resumeDeliveries } from "@/lib/webhooks-out/resume-deliveries";

/** Does not trust the engine with what takes long either. */
export const resumeWork = inngest.createFunction(
  {
    id: "resume-work",
    name: "Resume stalled work",
    description:
      "Sets broadcasts, imports, jobs and deliveries to partners going again whose run was lost, takes users into the search that it has missed, and gives the gifts that were forgotten.",
    // Nothing here is as urgent as an order.
    triggers: [cron("*/10 * * * *")],
    // The next round is ten minutes away.
    retries: 1,
  },
  async ({ step, runId }) => {
    const resumed = await step.run("resume-stalled", async () => {
      await recordHeartbeat("resume-work", runId);
      return resumeStalled();
    });
    const indexed = await step.run("index-missed", () => indexMissed());
    const gifts = await step.run("heal-gifts", () => healGifts());
    const deliveries = await step.run("resume-deliveries", () => resumeDeliveries());
    return { resumed, indexed, gifts, deliveries };
  },
);
