import { SHARE_IMAGE_SIZE, shareImage } from "@/app/ui/share-image";

export const alt = "Steadfast";
export const size = SHARE_IMAGE_SIZE;
export const contentType = "image/png";

/** The picture of a link to the shop. */
export default function image(): Response {
  return shareImage();
}
