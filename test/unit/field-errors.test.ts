import { expect, test } from "vitest";
import { fieldSentence } from "@/app/ui/field-label";

test.each([
  ["shippingAddress.line1", "is missing", "Street and number is missing."],
  ["shippingAddress.postalCode", "must not be empty", "Postal code must not be empty."],
  ["price.amount", "must be more than 0", "Price must be more than 0."],
  ["items.0.quantity", "only 3 left", "Items: only 3 left."],
])("the error of %s is a sentence", (path, message, sentence) => {
  expect(fieldSentence(path, message)).toBe(sentence);
});
