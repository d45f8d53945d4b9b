import { z } from "zod";

/** The URL of a server. A slash at its end is removed. */
export const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/$/, ""));

/** A positive integer with a default. */
export const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** An optional group: either none of its required variables is set, or all of them are. */
export const optional = <S extends z.ZodObject>(schema: S) =>
  z.preprocess((env) => {
    const given = z.record(z.string(), z.unknown()).parse(env);
    // A variable with a default does not show whether the group is wanted.
    const needed = Object.entries<z.ZodType>(schema.shape).filter(([, field]) => !field.safeParse(undefined).success);
    return needed.some(([name]) => given[name] !== undefined) ? env : undefined;
  }, schema.optional());
