import type { NextConfig } from "next";

const config: NextConfig = {
  // Otherwise the outermost folder with a lockfile, such as a home that somebody once ran npm in.
  turbopack: { root: process.cwd() },
  poweredByHeader: false,
  // The SDK carries optional telemetry that a bundler cannot follow; PostgreSQL's driver and Prisma load code by name.
  serverExternalPackages: ["inngest", "@prisma/client", "@prisma/adapter-pg", "pg"],
  // Next.js would compress each answer to Inngest, which sits next door: a tenth of what an order costs.
  headers: async () => [
    { source: "/api/inngest", headers: [{ key: "cache-control", value: "no-store, no-transform" }] },
  ],
  // `npm run check` checks the types of everything at once, tests and tools included.
  typescript: { ignoreBuildErrors: true },
};

export default config;
