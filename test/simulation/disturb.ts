import type { TestEnvironment } from "@/dev/test-environment";
import type { Cast } from "./act";
import type { Disturbance } from "./scenario";

/** Carries out a disturbance. Returns what came of it, for the timeline. */
export async function disturb(cast: Cast, disturbance: Disturbance): Promise<string> {
  const { world } = cast;
  switch (disturbance.do) {
    case "lose-runs":
      return loseRuns(world, disturbance.of);
    case "webhooks":
      await world.webhooks(disturbance.mode, disturbance.delay);
      return "set";
    case "flush":
      await world.flush({ ...(disturbance.reverse && { order: "reverse" }), duplicate: disturbance.duplicate });
      return "flushed";
    case "outage": {
      await addFault(world, disturbance.of, { kind: "error", status: 503, until: world.clock.now() + disturbance.for });
      return "begins";
    }
    case "provider-fault":
      // Reads change nothing.
      await addFault(world, disturbance.of, { kind: disturbance.kind, method: "POST", after: disturbance.skip });
      return "set";
    case "sweep":
      world.runCron("reconcile");
      await world.clock.settle();
      return "swept";
    case "wait":
      await world.clock.advance(disturbance.for);
      return "waited";
    case "sleep-through":
      await world.clock.leap(disturbance.for);
      return "all timers are late";
    case "restart-engine": {
      const { journal } = cast;
      await world.restartEngine(() => journal.cut(disturbance.share));
      journal.begin();
      await world.clock.settle();
      return "started";
    }
    case "deploy":
      cast.deploys.deploy();
      return "deployed";
    case "skew-clock":
      cast.clockSkew.begin(disturbance.by);
      return "from now on";
    case "second-process":
      cast.secondProcess.begin();
      return "answers every second request";
  }
}

async function addFault(world: TestEnvironment, of: "stripe" | "mailbox", fault: object): Promise<void> {
  const response = await fetch(`${world[of]}/faults`, { method: "POST", body: JSON.stringify(fault) });
  if (!response.ok) throw new Error(`${of} refuses the fault: ${await response.text()}`);
}

async function loseRuns(world: TestEnvironment, name: string): Promise<string> {
  const page = await fetch(`${world.inngest}/?function=steadfast-${name}&status=RUNNING`);
  const ids = [...(await page.text()).matchAll(/href="\/runs\/(\w+)"/g)].map(([, id]) => id);
  for (const id of ids) await fetch(`${world.inngest}/api/v2/runs/${id}/cancel`, { method: "POST" });
  return `${ids.length} lost`;
}
