import { z } from "zod";

/** An address of a server, without a slash at its end. */
export const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/$/, ""));

/** A whole number above 0. */
export const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);

/** What one can do without: none of its variables, or all that it needs. */
export const optional = <S extends z.ZodObject>(schema: S) =>
  z.preprocess((env) => {
    const given = z.record(z.string(), z.unknown()).parse(env);
    // What has a default says nothing about whether the rest is wanted.
    const needed = Object.entries<z.ZodType>(schema.shape).filter(([, field]) => !field.safeParse(undefined).success);
    return needed.some(([name]) => given[name] !== undefined) ? env : undefined;
  }, schema.optional());
