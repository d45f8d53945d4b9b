import { SHARE_IMAGE_SIZE, shareImage } from "@/app/ui/share-image";

export const alt = "The shop";
export const size = SHARE_IMAGE_SIZE;
export const contentType = "image/png";

/** The name of the shop is not known when the app is built. */
export const dynamic = "force-dynamic";

/** The picture of a link to the shop. */
export default function image(): Response {
  return shareImage();
}
