import type { Clock } from "../engine/clock";

/** The same time as `clock`, whose scheduled work can be called off all at once when a stand-in closes. */
export function closableClock(clock: Clock): Clock & { close(): void } {
  const cancels = new Set<() => void>();
  return {
    now: () => clock.now(),
    busy: (work) => clock.busy(work),
    schedule(at, fn) {
      const cancel = clock.schedule(at, () => {
        cancels.delete(cancel);
        fn();
      });
      cancels.add(cancel);
      return () => {
        cancels.delete(cancel);
        cancel();
      };
    },
    close() {
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
