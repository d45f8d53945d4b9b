import { ensureBuilt } from "@/dev/build";

/** For tests that start the app as production does (vitest's global set-up): it is built before they run. */
export const setup = () => ensureBuilt(console.log);
