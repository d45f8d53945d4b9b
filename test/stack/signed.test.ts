import { rmSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { DemoCustomer } from "@/dev/demo-customer";
import { startEngine } from "@/dev/engine";
import { scratchDir, startStack } from "@/dev/stack";

test("an Inngest server with keys, as one hosts it oneself: the functions are registered, and an order goes through", async () => {
  const keys = { eventKey: "a1b2c3", signingKey: "signkey-test-0123456789abcdef" };
  const engine = await startEngine(keys);
  const dir = scratchDir("signed");
  vi.stubEnv("INNGEST_BASE_URL", engine.url);
  vi.stubEnv("INNGEST_EVENT_KEY", keys.eventKey);
  vi.stubEnv("INNGEST_SIGNING_KEY", keys.signingKey);
  const stack = await startStack({ dir, mode: "start" });
  try {
    const stranger = await fetch(`${stack.app}/api/inngest`, { method: "PUT" });
    expect(stranger.status).toBe(401);
    const customer = new DemoCustomer(stack.app, stack.mailbox);
    const { order } = await customer.checkout({
      items: [{ productId: "prod_001", quantity: 1 }],
      email: "signed@customers.example",
      paymentMethod: "pm_card_visa",
    });
    expect(order && (await customer.reaches(order, ["confirmed"]))).toMatchObject({ status: "confirmed" });
  } finally {
    await stack.close();
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
    vi.unstubAllEnvs();
  }
});
