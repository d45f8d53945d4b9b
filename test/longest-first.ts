import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * What takes longest starts first, so that it does not keep one worker when the others have nothing left to do. Of the tests that
 * start a stack of their own only one does: several at once would only wait for each other.
 */
const LONGEST_TESTS =
  /\/(commands|outage|outbox-refusal|email-burst|sign-in-limits|crash|crash-database|bad-requests|concurrency|accessibility|purchase)\.test/;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [
      ...sorted.filter((file) => LONGEST_TESTS.test(file.moduleId)),
      ...sorted.filter((file) => !LONGEST_TESTS.test(file.moduleId)),
    ];
  }
}
