import { afterEach, expect, test, vi } from "vitest";
import { each } from "@/lib/reconcile/each";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Each id takes so many ms of a clock of the test's. */
function lasting(ms: number) {
  let time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => time);
  const seen: string[] = [];
  const work = async (id: string) => {
    time += ms;
    seen.push(id);
    if (id === "broken") throw new Error("no");
  };
  return { seen, work };
}

test("what fails is counted, and keeps nothing else waiting", async () => {
  const { seen, work } = lasting(10);
  expect(await each(["a", "broken", "c"], work)).toEqual({ done: 2, failed: 1 });
  expect(seen).toEqual(["a", "broken", "c"]);
});

test("when Stripe takes its twenty seconds for each, a step ends long before its host would, and leaves the rest to the next", async () => {
  const { seen, work } = lasting(20_000);
  expect(await each(["a", "b", "c", "d", "e"], work)).toEqual({ done: 2, failed: 0 });
  expect(seen).toEqual(["a", "b"]);
});
