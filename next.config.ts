import type { NextConfig } from "next";
import { INNGEST_HEADERS, SECURITY_HEADERS } from "./app/security-headers";

const listed = (headers: Record<string, string>) => Object.entries(headers).map(([key, value]) => ({ key, value }));

const config: NextConfig = {
  // Otherwise the outermost folder with a lockfile, such as a home that somebody once ran npm in.
  turbopack: { root: process.cwd() },
  poweredByHeader: false,
  // CI builds once. Writing the cache takes a fifth of the build.
  experimental: { turbopackFileSystemCacheForBuild: !process.env.CI },
  serverExternalPackages: [
    // The SDK carries optional telemetry that a bundler cannot follow; PostgreSQL's driver and Prisma load code by name.
    ...["inngest", "@inngest/middleware-encryption", "@prisma/client", "@prisma/adapter-pg", "pg"],
    // Compiling them takes a fifth of the start of `npm run dev`, and each bundle would have its own copy.
    ...["better-auth", "@better-auth/api-key", "stripe", "resend", "zod", "web-push", "csv-parse", "csv-stringify"],
    ...["postal-code-checker", "@zxcvbn-ts/language-common"],
  ],
  headers: async () => [
    { source: "/:path*", headers: listed(SECURITY_HEADERS) },
    { source: "/api/inngest", headers: listed(INNGEST_HEADERS) },
  ],
  // `npm run check` checks the types of everything at once, tests and tools included.
  typescript: { ignoreBuildErrors: true },
};

export default config;
