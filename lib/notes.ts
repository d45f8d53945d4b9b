import { z } from "zod";
import { now } from "./clock";
import { db, lockUser, Prisma, type Tx, transaction } from "./db";
import { notFound } from "./errors";
import { answerOnce } from "./idempotency";
import { newId } from "./ids";
import { newestFirst, newestFirstPage, type Page, pageQuery } from "./pagination";
import { isPlainText } from "./text";
import { timeSchema } from "./view-schemas";

/** The body of a request for a new note. */
export const noteSchema = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .refine((text) => text.split(/\r?\n/).every(isPlainText), "must not hold control characters"),
});

export const noteViewSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  writtenBy: z.string().describe("The name of the operator."),
  createdAt: timeSchema,
});

/** An internal note of an operator. */
export type NoteView = z.output<typeof noteViewSchema>;

/** What a note is about. */
export type NoteSubject = { orderId: string } | { userId: string };

/**
 * Adds an internal note, which customers do not see. The same key and text are the same note (`replayed`).
 * @throws AppError `not_found` (404), `idempotency_key_reused` (409)
 */
export async function addNote(
  subject: NoteSubject,
  { text }: z.output<typeof noteSchema>,
  author: { id: string; name: string },
  key?: string,
): Promise<{ answer: NoteView; replayed: boolean }> {
  const [about] = Object.values(subject);
  const idempotent = key === undefined ? undefined : { scope: `note:${about}`, caller: author.id, key, body: { text } };
  const insert = (tx: Tx) => async (): Promise<NoteView> => {
    if ("userId" in subject) await lockUser(tx, subject.userId, () => notFound("user"));
    const [id, createdAt] = [newId("note"), now()];
    await tx.note.create({ data: { id, text, createdAt, ...subject, writtenBy: author.id } });
    return { id, text, createdAt: createdAt.toISOString(), writtenBy: author.name };
  };
  try {
    return await transaction((tx) => answerOnce(tx, idempotent, insert(tx)));
  } catch (error) {
    // P2003: the order does not exist.
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2003") throw notFound("order");
    throw error;
  }
}

export const noteListSchema = pageQuery(50);

/** Returns a page of the notes about an order or a user, the newest first. */
export async function listNotes(subject: NoteSubject, query: z.output<typeof noteListSchema>): Promise<Page<NoteView>> {
  const { where, ...page } = newestFirst(query);
  const notes = await db().note.findMany({ where: { ...subject, ...where }, ...page });
  const names = await userNames(notes.map(({ writtenBy }) => writtenBy));
  return newestFirstPage(notes, query.limit, ({ id, text, writtenBy, createdAt }) => ({
    ...{ id, text, createdAt: createdAt.toISOString(), writtenBy: names(writtenBy) },
  }));
}

/** The notes that the console and the details of an order show. */
export const newestNotes = async (subject: NoteSubject): Promise<NoteView[]> =>
  (await listNotes(subject, { limit: 100 })).items;

/** Returns a function from the id of a user to the name; of another id, such as that of a function, to the id. */
export async function userNames(ids: string[]): Promise<(id: string) => string> {
  const users =
    ids.length > 0
      ? await db().user.findMany({ where: { id: { in: [...new Set(ids)] } }, select: { id: true, name: true } })
      : [];
  const names = new Map(users.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
