import { afterEach, expect, test, vi } from "vitest";

afterEach(() => void vi.unstubAllEnvs());

const search = "search=event.id%20%3D%3D%20%22order-created%3Aord_1%22";

test.each([
  [
    "a server of one's own",
    { INNGEST_BASE_URL: "http://inngest.internal:8288" },
    "http://inngest.internal:8288/run?runID=01R",
    `http://inngest.internal:8288/runs?${search}`,
  ],
  [
    "one that browsers reach elsewhere",
    { INNGEST_BASE_URL: "http://inngest.internal:8288", INNGEST_PUBLIC_URL: "https://runs.example" },
    "https://runs.example/run?runID=01R",
    `https://runs.example/runs?${search}`,
  ],
  [
    "Inngest Cloud",
    {},
    "https://app.inngest.com/env/production/runs/01R",
    `https://app.inngest.com/env/production/runs?${search}`,
  ],
  [
    "another environment at Inngest Cloud",
    { INNGEST_ENV: "staging" },
    "https://app.inngest.com/env/staging/runs/01R",
    `https://app.inngest.com/env/staging/runs?${search}`,
  ],
])("the addresses of runs: %s", async (_, environment, run, event) => {
  for (const [name, value] of Object.entries({ INNGEST_DEV: "1", ...environment })) vi.stubEnv(name, value);
  // The environment is read once.
  vi.resetModules();
  const { eventRunsUrl, runUrl } = await import("@/lib/inngest-url");
  expect(runUrl("01R")).toBe(run);
  expect(eventRunsUrl("order-created:ord_1")).toBe(event);
});
