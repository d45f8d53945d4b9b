import type { Metadata } from "next";
import { cache } from "react";
import { orNotFound, type PageParams, type PageQuery } from "@/app/page-props";
import { viewer } from "@/app/session";
import { viewOrder } from "@/lib/orders/view-order";

/** One lookup for each request. */
const load = cache(async (id: string, token: string) => viewOrder(id, token ? { token } : { viewer: await viewer() }));

/** Returns an order for its customer, by the token of its link, else by the session. */
export const loadOrder = (id: string, token: string) => orNotFound(load(id, token));

/** Returns the `generateMetadata` of a page of an order. The address holds the token, so it is sent to no other site. */
export const orderMetadata =
  (title: (number: string) => string) =>
  async ({ params, searchParams }: PageParams<"id"> & PageQuery<"token">): Promise<Metadata> => {
    const [{ id }, { token = "" }] = [await params, await searchParams];
    const order = await load(id, token).catch(() => undefined);
    return { title: order && title(order.number), robots: { index: false }, referrer: "same-origin" };
  };
