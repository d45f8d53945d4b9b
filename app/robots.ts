import type { MetadataRoute } from "next";
import { appEnv } from "@/lib/env";

/** Read at run time, because the address of the shop is not known when the app is built. */
export const dynamic = "force-dynamic";

/** The pages of one visitor, and of the operators. */
const PRIVATE = ["/account", "/api/", "/approvals/", "/billing/", "/cart", "/checkout", "/console", "/orders/"];

/** `GET /robots.txt`. */
export default function robots(): MetadataRoute.Robots {
  return { rules: { userAgent: "*", disallow: PRIVATE }, sitemap: `${appEnv().APP_URL}/sitemap.xml` };
}
