import { expect, test } from "vitest";
import { holds } from "@/dev/engine/expression";
import { ORIGINS } from "@/inngest/event-origin";

/** Every selection of these fields, each with the value that has them all. */
const selections = (fields: string[]): Record<string, boolean>[] =>
  fields.reduce<Record<string, boolean>[]>(
    (all, field) => all.concat(all.map((one) => ({ ...one, [field]: true }))),
    [{}],
  );

test.each(Object.entries(ORIGINS))(
  "%s is either ours or a storefront's, whatever fields it has",
  (_name, { ours, theirs }) => {
    const fields = [
      ...new Set([...`${ours} ${theirs}`.matchAll(/event\.data\.(\w+)/g)].map(([, field = ""]) => field)),
    ];
    expect(fields.length).toBeGreaterThan(0);
    for (const data of selections(fields)) {
      const event = { name: "any", data };
      expect([data, holds(ours, { event })]).toEqual([data, !holds(theirs, { event })]);
    }
  },
);
