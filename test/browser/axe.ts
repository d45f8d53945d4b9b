import { source } from "axe-core";
import type { Page } from "playwright-core";

declare global {
  interface Window {
    axe?: typeof import("axe-core");
  }
}

/** The rules whose result depends on the colors and the width. */
export const LAYOUT_RULES = [
  "aria-hidden-focus",
  "button-name",
  "color-contrast",
  "link-name",
  "scrollable-region-focusable",
];

/** Returns the violations of the accessibility rules (axe), or of these rules, on a page, each with its elements. */
export async function accessibilityProblems(page: Page, rules?: string[]): Promise<string[]> {
  // Next.js renders "not found" in the browser.
  await page.waitForFunction(() => document.documentElement.id !== "__next_error__");
  if (!(await page.evaluate(() => window.axe !== undefined))) await page.evaluate(source);
  const problems = await page.evaluate(async (runOnly) => {
    // axe cannot check the frame of an email, because the frame runs no scripts.
    const rules = { "document-title": { enabled: false } };
    const results = await window.axe?.run({ exclude: ["iframe"] }, { resultTypes: ["violations"], runOnly, rules });
    return (results?.violations ?? [{ id: "axe did not run", nodes: [] }]).map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`,
    );
  }, rules);
  // Next.js replaces the title some frames after the page, and there is none in between. A page without one fails here.
  await page.waitForFunction(() => document.title !== "");
  return problems;
}
