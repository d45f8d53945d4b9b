import { expect, test } from "vitest";
import { partsOf, similarityWords, wordsOf } from "@/lib/search/words";
import { containing } from "@/lib/text";

test.each([
  ["Stoneware  MUG", ["stoneware", "mug"]],
  ["MUG-001", ["mug", "001"]],
  ["café crème", ["café", "crème"]],
  ["a & b | !c :* <-> '", ["a", "b", "c"]],
  ["mug mug", ["mug"]],
  ["%_\\", []],
  ["", []],
])("the words of %j are %j", (q, words) => expect(wordsOf(q)).toEqual(words));

test("no more than ten words count", () => expect(wordsOf("a b c d e f g h i j k l")).toHaveLength(10));

test("an address keeps its signs", () =>
  expect(partsOf("Ann  ann.b@shop.example")).toEqual(["Ann", "ann.b@shop.example"]));

test("only words of four letters or more are guessed at, the longest first", () => {
  expect(similarityWords(["mug"])).toEqual([]);
  expect(similarityWords(["xl", "hoodie"])).toEqual(["hoodie", "xl"]);
});

test("signs that mean something to LIKE mean themselves", () => expect(containing("50%_\\")).toBe("%50\\%\\_\\\\%"));
