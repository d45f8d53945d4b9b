import { source } from "axe-core";
import type { Page } from "playwright-core";

declare global {
  interface Window {
    axe?: typeof import("axe-core");
  }
}

/** What is wrong with a page by the accessibility rules (axe), each with what breaks it; nothing on a good page. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(source);
  return page.evaluate(async () => {
    // An email is shown in a frame that runs no script, so axe cannot look into it.
    const results = await window.axe?.run({ exclude: ["iframe"] }, { resultTypes: ["violations"] });
    return (results?.violations ?? [{ id: "axe did not run", nodes: [] }]).map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
    );
  });
}
