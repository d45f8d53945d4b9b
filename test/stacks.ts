import { availableParallelism } from "node:os";

/**
 * How many shops the tests of one kind share. Each test file has one to itself, because many tests count what is in it. A real
 * Inngest server takes one: the functions of every shop have the same ids.
 */
export const STACKS = process.env.INNGEST_BASE_URL ? 1 : Math.min(2, availableParallelism());
