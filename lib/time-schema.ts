import { z } from "zod";

const FIRST = Date.parse("1970-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * PostgreSQL knows no year 0, and JavaScript writes years above 9999 in a form that PostgreSQL does not read. An offset can move
 * a time over both limits.
 */
const isStorable = (time: string): boolean => Date.parse(time) >= FIRST && Date.parse(time) <= LAST;

const storable = { error: "must be between the years 1970 and 9999" };

/** The schema of a time in ISO 8601 with `Z` or an offset, such as `2026-01-31T12:00:00Z`. */
export const timeInputSchema = z.iso
  .datetime({ offset: true, error: "must be a time such as 2026-01-31T12:00:00Z", abort: true })
  .refine(isStorable, storable);

/** A year before the last one, so that the days after a date can be written, too. */
const LAST_DATE = "9998-12-31";

/** The schema of a date, such as `2026-01-31`. */
export const dateInputSchema = z.iso
  .date({ error: "must be a date such as 2026-01-31", abort: true })
  .refine((date) => isStorable(date) && date <= LAST_DATE, { error: "must be between the years 1970 and 9998" });
