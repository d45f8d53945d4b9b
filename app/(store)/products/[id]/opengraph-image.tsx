import { orNotFound, type PageParams } from "@/app/page-props";
import { SHARE_IMAGE_SIZE, shareImage } from "@/app/ui/share-image";
import { getProduct } from "@/lib/catalogue/products";

export const alt = "The product";
export const size = SHARE_IMAGE_SIZE;
export const contentType = "image/png";

/** The picture of a link to a product: its illustration, its name and its price. */
export default async function image({ params }: PageParams<"id">): Promise<Response> {
  const { id } = await params;
  return shareImage(await orNotFound(getProduct(id)));
}
