import { ImageResponse } from "next/og";
import { storeEnv } from "@/lib/env";
import { formatMoney, type Money, typedAmount } from "@/lib/money";
import { ProductPicture } from "./product-picture";

/** The size of an Open Graph image that every network shows in full (developers.facebook.com/docs/sharing/webmasters/images). */
export const SHARE_IMAGE_SIZE = { width: 1200, height: 630 };

/** A day: a new name or price of a product reaches the networks, which store the image themselves for longer. */
const CACHE = "public, max-age=86400";

/** The font of Next.js has these letters: Latin, its punctuation, and the euro. It would load a font from the internet for others. */
const isDrawable = (text: string): boolean => /^[\u0020-\u017f\u2010-\u2026\u20ac]*$/.test(text);

/** The letters of a name that fit beside the picture. */
const MAX_NAME = 80;

/** Returns a price as text, with the code of a currency whose sign is not in the font. */
function priceText(price: Money): string {
  const text = formatMoney(price);
  return isDrawable(text) ? text : `${price.currency} ${typedAmount(price)}`;
}

/** Returns the picture of a link to the shop in messages and social networks. It needs no network: the font is part of Next.js. */
export function shareImage(product?: { sku: string; name: string; price: Money }): ImageResponse {
  const { STORE_NAME } = storeEnv();
  const store = isDrawable(STORE_NAME) ? STORE_NAME : "";
  const name = product && isDrawable(product.name) ? product.name.slice(0, MAX_NAME) : "";
  const price = product ? priceText(product.price) : "";
  return new ImageResponse(
    <div
      style={{
        ...{ display: "flex", width: "100%", height: "100%", alignItems: "center", gap: 64, padding: 80 },
        ...{ background: "#f7f5f2", color: "#1c1917" },
      }}
    >
      {product ? (
        <ProductPicture height={440} name={product.name} sku={product.sku} width={440} />
      ) : (
        <Icon title={store} />
      )}
      <div style={{ display: "flex", flexDirection: "column", flex: 1, gap: 24 }}>
        <div style={{ color: "#0f6e66", fontSize: 36 }}>{product ? store : ""}</div>
        <div style={{ fontSize: name.length > 30 ? 56 : 72, lineHeight: 1.1, wordBreak: "break-word" }}>
          {product ? name : store}
        </div>
        <div style={{ color: "#625b54", fontSize: 40 }}>
          {product ? price : "Things for the kitchen, the desk and the road, made to last."}
        </div>
      </div>
    </div>,
    { ...SHARE_IMAGE_SIZE, headers: { "cache-control": CACHE } },
  );
}

/** The icon of the app, as in app/icon.svg. */
function Icon({ title }: { title: string }) {
  return (
    <svg height={320} viewBox="0 0 32 32" width={320} xmlns="http://www.w3.org/2000/svg">
      <title>{title}</title>
      <rect fill="#0f6e66" height="32" rx="8" width="32" />
      <path
        d="M21 10.5c-1.2-1.4-2.9-2-5-2-2.9 0-5 1.4-5 3.7 0 5.4 10.5 2.2 10.5 7.6 0 2.4-2.3 3.7-5.3 3.7-2.3 0-4.3-.8-5.5-2.4"
        fill="none"
        stroke="#fff"
        strokeLinecap="round"
        strokeWidth="3.4"
      />
    </svg>
  );
}
