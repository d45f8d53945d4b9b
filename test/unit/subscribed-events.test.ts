import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RESEND_EVENTS, STRIPE_EVENTS } from "@/lib/webhooks-in/subscribed-events";

test("the README lists exactly the event types that the endpoints need", () => {
  const named = (prefix: RegExp) => {
    const steps = readFileSync("README.md", "utf8").split("## Production")[1] ?? "";
    return [...steps.matchAll(/`([a-z_]+(?:\.[a-z_]+)+)`/g)].flatMap(([, type = ""]) =>
      prefix.test(type) ? [type] : [],
    );
  };
  expect(named(/^(payment_intent|charge|refund)\./)).toEqual([...STRIPE_EVENTS]);
  expect(named(/^email\./)).toEqual([...RESEND_EVENTS]);
});
