import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { appEnv, storeEnv } from "@/lib/env";
import "./globals.css";

/** Next.js renders every page for its request, because the scripts carry the nonce of the request (proxy.ts). */
export const dynamic = "force-dynamic";

const description = "Things for the kitchen, the desk and the road, made to last.";

/** Read at run time, because the address and the name of the shop are not known when the app is built. */
export function generateMetadata(): Metadata {
  const { STORE_NAME } = storeEnv();
  return {
    metadataBase: new URL(appEnv().APP_URL),
    title: { default: STORE_NAME, template: `%s · ${STORE_NAME}` },
    description,
    openGraph: { type: "website", siteName: STORE_NAME, title: STORE_NAME, description },
    twitter: { card: "summary_large_image" },
  };
}

export const viewport: Viewport = { colorScheme: "light dark", width: "device-width", initialScale: 1 };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="min-h-dvh">{children}</body>
    </html>
  );
}
