import { vi } from "vitest";

/** Before each test file: the app reads its environment once, and a file has a world of its own. */
vi.resetModules();
