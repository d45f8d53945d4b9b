import { z } from "zod";
import { type Prisma, transaction } from "../db";
import { conflict, notFound } from "../errors";
import { lockOrder } from "../order-state/order-changes";
import { plainTextSchema } from "../text";

/** Tags are labels of the operators, which customers do not see. Letter case makes no difference, so they are stored in lower case. */
export const tagSchema = plainTextSchema(40)
  .toLowerCase()
  .refine((tag) => !tag.includes(","), "must not have a comma");

/** The largest number of tags of an order. */
const MAX_TAGS = 20;

/** The body of `PUT /api/admin/orders/{id}/tags`. */
export const tagsSchema = z.strictObject({
  tags: z.array(tagSchema).max(MAX_TAGS).describe("All tags of the order. They replace the former ones."),
});

/** Prisma's argument that reads the tags of an order, in their order. */
export const TAGS = { select: { tag: true }, orderBy: { tag: "asc" } } as const satisfies Prisma.OrderInclude["tags"];

/**
 * Replaces the tags of an order by the result of `change`, which gets the present ones. Returns the tags, in their order. Changes
 * at the same moment follow one another.
 *
 * @throws AppError `not_found` (404), `too_many_tags` (409)
 */
async function changeTags(orderId: string, change: (tags: string[]) => string[]): Promise<string[]> {
  return transaction(async (tx) => {
    if (!(await lockOrder(tx, orderId))) throw notFound("order");
    const rows = await tx.orderTag.findMany({ where: { orderId }, select: { tag: true } });
    const tags = [...new Set(change(rows.map(({ tag }) => tag)))].sort();
    if (tags.length > MAX_TAGS) throw conflict("too_many_tags", `An order has ${MAX_TAGS} tags at most.`);
    await tx.orderTag.deleteMany({ where: { orderId, tag: { notIn: tags } } });
    await tx.orderTag.createMany({ data: tags.map((tag) => ({ orderId, tag })), skipDuplicates: true });
    return tags;
  });
}

/** Replaces the tags of an order. @throws as `changeTags` */
export const setTags = (orderId: string, { tags }: z.output<typeof tagsSchema>) => changeTags(orderId, () => tags);

/** Adds a tag to an order that may have it already. @throws as `changeTags` */
export const addTag = (orderId: string, tag: string) => changeTags(orderId, (tags) => [...tags, tag]);

/** Removes a tag from an order that may not have it. @throws as `changeTags` */
export const removeTag = (orderId: string, tag: string) =>
  changeTags(orderId, (tags) => tags.filter((one) => one !== tag));
