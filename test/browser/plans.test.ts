import { expect, test } from "vitest";
import { openBrowser } from "./browser";

const { signedIn } = openBrowser();

test.each([true, false])(
  "a manager creates, renames and deactivates a plan, and customers are offered it meanwhile (JavaScript: %s)",
  async (javaScriptEnabled) => {
    const { page, visit, inspect } = await signedIn("manager", { javaScriptEnabled });
    // The customer may have a subscription of another test in this shop, and is not offered any plan then.
    const customer = await signedIn("admin", { javaScriptEnabled });
    const offered = async () => {
      await customer.visit("/account");
      return customer.page.getByLabel("Plan").locator("option").allInnerTexts();
    };
    const [first, name] = [`Browser plan ${javaScriptEnabled}`, `Renamed plan ${javaScriptEnabled}`];
    await visit("/console/plans");
    await page.getByText("Create a plan", { exact: true }).click();
    await page.locator("#new-name").fill(first);
    await page.getByLabel("Price", { exact: true }).fill("0.20");
    await page.getByRole("button", { name: "Create plan" }).click();
    await page.getByText("must be at least €0.50").first().waitFor();
    expect(await page.locator("#new-name").inputValue()).toBe(first);
    await page.getByLabel("Price", { exact: true }).fill("7.50");
    await page.getByRole("button", { name: "Create plan" }).click();
    await page.getByText(`Plan ${first} created.`).first().waitFor();
    expect(await offered()).toContain(`${first}, €7.50 a month`);

    await visit("/console/plans");
    const row = () => page.getByRole("row").filter({ hasText: javaScriptEnabled ? /plan true/ : /plan false/ });
    await row().getByText("Edit", { exact: true }).click();
    await row().getByLabel("Name").fill(name);
    await row().getByRole("button", { name: "Save" }).click();
    await page.getByText(`${name} saved.`).first().waitFor();
    if (javaScriptEnabled) await inspect();

    await visit("/console/plans");
    await row()
      .getByText(/^Deactivate/)
      .click();
    // With JavaScript it is in a dialog.
    await page.getByRole("button", { name: "Yes, deactivate it" }).filter({ visible: true }).click();
    await page.getByText(`${name} is deactivated.`).first().waitFor();
    expect((await offered()).join()).not.toContain(name);
    await visit("/console/plans?status=inactive");
    await row().getByText("Inactive", { exact: true }).waitFor();
    await visit("/console/plans");
    await row()
      .getByText(/^Activate/)
      .click();
    await page.getByRole("button", { name: "Yes, activate it" }).filter({ visible: true }).click();
    await page.getByText(`Customers can subscribe to ${name} again.`).first().waitFor();
    expect(await offered()).toContain(`${name}, €7.50 a month`);
  },
);
