/** The parts of the console, in the order of how often an operator needs them. */
export const SECTIONS = [
  { href: "/console", label: "Overview" },
  { href: "/console/orders", label: "Orders" },
  { href: "/console/products", label: "Products" },
  { href: "/console/customers", label: "Customers" },
  { href: "/console/approvals", label: "Approvals" },
  { href: "/console/broadcasts", label: "Broadcasts" },
  { href: "/console/imports", label: "Imports" },
  { href: "/console/manual-queue", label: "Manual queue" },
  { href: "/console/webhooks", label: "Webhooks" },
  { href: "/console/experiments", label: "Experiments" },
  { href: "/console/reports", label: "Reports" },
  { href: "/console/emails", label: "Emails" },
] as const;

/** The part that an address of the console belongs to: an order's page is of the orders. */
export function sectionOf(path: string): (typeof SECTIONS)[number] | undefined {
  return SECTIONS.findLast(({ href }) => path === href || (href !== "/console" && path.startsWith(`${href}/`)));
}
