/** The id of the form of a list. The checkboxes of the rows belong to it, wherever they are in the page. */
export const BULK_FORM = "bulk";

/** What the name of a row's checkbox begins with, before the id of the row. */
export const SELECT = "select:";

/** Returns the ids of the selected rows. */
export const selectedIds = (form: FormData): string[] =>
  [...form.keys()].filter((name) => name.startsWith(SELECT)).map((name) => name.slice(SELECT.length));
