import type { NextConfig } from "next";
import { SECURITY_HEADERS } from "./app/security-headers";

const config: NextConfig = {
  // Otherwise the outermost folder with a lockfile, such as a home that somebody once ran npm in.
  turbopack: { root: process.cwd() },
  poweredByHeader: false,
  // The SDK carries optional telemetry that a bundler cannot follow; PostgreSQL's driver and Prisma load code by name.
  serverExternalPackages: ["inngest", "@inngest/middleware-encryption", "@prisma/client", "@prisma/adapter-pg", "pg"],
  headers: async () => [
    {
      source: "/:path*",
      headers: Object.entries(SECURITY_HEADERS).map(([key, value]) => ({ key, value })),
    },
    // Next.js would compress each response to Inngest, which is next door: a tenth of what an order costs.
    { source: "/api/inngest", headers: [{ key: "cache-control", value: "no-store, no-transform" }] },
  ],
  // `npm run check` checks the types of everything at once, tests and tools included.
  typescript: { ignoreBuildErrors: true },
};

export default config;
