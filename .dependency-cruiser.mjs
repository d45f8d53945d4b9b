/**
 * The layers of the product, lowest first. A folder imports only from lower layers, so no two folders import each other.
 * The files directly in lib/ are the platform, below every folder.
 */
const LAYERS = [
  ["http"],
  ["email", "messaging"],
  // Domains.
  ["experiments", "jobs", "order-state", "search"],
  [
    "auth",
    "catalogue",
    "coupons",
    "digest",
    "health",
    "imports",
    "inventory",
    "onboarding",
    "payments",
    "payouts",
    "reports",
    "shipping",
    "broadcasts",
    "webhooks-out",
  ],
  ["account", "billing", "expenses", "orders", "retention"],
  // What spans domains.
  ["checkout", "payment-requests", "webhooks-in"],
  ["ingest"],
  ["reconcile"],
  ["console"],
];

const folders = (names) => `^lib/(${names.join("|")})/`;

const layerRules = LAYERS.map((names, index) => ({
  name: `lib-layer-${index + 1}`,
  comment: `lib/{${names.join(",")}} may import lower layers only.`,
  severity: "error",
  from: { path: `^lib/(${names.join("|")})/` },
  to: { path: folders(LAYERS.slice(index).flat()), pathNot: "^lib/$1/" },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    {
      name: "lib-folder-without-layer",
      comment: "A new folder of lib/ gets a place in LAYERS.",
      severity: "error",
      from: { path: "^lib/[^/]+/", pathNot: folders(LAYERS.flat()) },
      to: {},
    },
    {
      name: "platform-at-the-bottom",
      comment: "The files directly in lib/ are the platform, which knows no domain.",
      severity: "error",
      from: { path: "^lib/[^/]+\\.tsx?$" },
      to: { path: "^lib/[^/]+/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^(app|bin|inngest|lib|prisma)/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    direction("prisma", ["lib", "inngest", "app", "bin"]),
    direction("lib", ["inngest", "app", "bin"]),
    direction("inngest", ["app", "bin"]),
    {
      name: "nothing-ships-dev-or-test",
      comment: "What ships imports neither dev/ nor test/.",
      severity: "error",
      from: { path: "^(app|bin|inngest|lib|prisma)/" },
      to: { path: "^(dev|test)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|prisma/generated" },
    exclude: { path: "prisma/generated|^\\.next|^next-env" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};

/** Imports point app → inngest → lib → prisma. */
function direction(from, to) {
  return {
    name: `${from}-imports-downwards`,
    comment: "Imports point app → inngest → lib → prisma.",
    severity: "error",
    from: { path: `^${from}/` },
    to: { path: `^(${to.join("|")})/` },
  };
}
