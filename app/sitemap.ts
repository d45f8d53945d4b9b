import type { MetadataRoute } from "next";
import { listProductsForSitemap } from "@/lib/catalogue/products";
import { appEnv } from "@/lib/env";

/** The products change while the app runs. */
export const dynamic = "force-dynamic";

/** `GET /sitemap.xml`: the pages of the shop for search engines. */
export default async function sitemap(): Promise<MetadataRoute.Sitemap> {
  const { APP_URL } = appEnv();
  const products = await listProductsForSitemap();
  return [
    { url: `${APP_URL}/` },
    ...products.map(({ id, updatedAt }) => ({ url: `${APP_URL}/products/${id}`, lastModified: updatedAt })),
  ];
}
