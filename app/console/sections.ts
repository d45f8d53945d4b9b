export interface Section {
  href: string;
  label: string;
}

/** The sections of the console, in the order of its navigation. */
const SECTIONS: Section[] = [
  { href: "/console", label: "Overview" },
  { href: "/console/search", label: "Search" },
  { href: "/console/orders", label: "Orders" },
  { href: "/console/products", label: "Products" },
  { href: "/console/customers", label: "Customers" },
  { href: "/console/coupons", label: "Coupons" },
  { href: "/console/plans", label: "Plans" },
  { href: "/console/approvals", label: "Approvals" },
  { href: "/console/broadcasts", label: "Broadcasts" },
  { href: "/console/imports", label: "Imports" },
  { href: "/console/jobs", label: "Jobs" },
  { href: "/console/manual-queue", label: "Manual queue" },
  { href: "/console/failed", label: "Failed" },
  { href: "/console/webhooks", label: "Webhooks" },
  { href: "/console/experiments", label: "Experiments" },
  { href: "/console/reports", label: "Reports" },
  { href: "/console/emails", label: "Emails" },
];

/** Returns the sections that an operator sees. */
export const sectionsOf = (admin: boolean): Section[] =>
  admin ? [...SECTIONS, { href: "/console/api-keys", label: "API keys" }] : SECTIONS;
