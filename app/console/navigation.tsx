"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Chevron } from "@/app/ui/disclosure";
import { Link } from "@/app/ui/link";

/** The sections of the console. The most used sections come first. */
const SECTIONS = [
  { href: "/console", label: "Overview" },
  { href: "/console/orders", label: "Orders" },
  { href: "/console/products", label: "Products" },
  { href: "/console/customers", label: "Customers" },
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
] as const;

const ADMIN_SECTIONS = [...SECTIONS, { href: "/console/api-keys", label: "API keys" }] as const;

/** The navigation of the console: a column beside the page, on a phone a menu above it. `children` are below the links. */
export function Navigation({ admin, children }: { admin: boolean; children: ReactNode }) {
  const path = usePathname();
  const sections = admin ? ADMIN_SECTIONS : SECTIONS;
  // The page of an order belongs to the orders.
  const current = sections.findLast(
    ({ href }) => path === href || (href !== "/console" && path.startsWith(`${href}/`)),
  );
  return (
    <>
      {/* The key closes the menu when the page changes. */}
      <details className="group lg:hidden" key={current?.href}>
        <summary className="flex min-h-11 items-center justify-between rounded-lg border border-line px-3 font-medium text-sm">
          Menu
          <span className="flex items-center gap-3 font-normal text-muted">
            {current?.label}
            <Chevron />
          </span>
        </summary>
        <nav aria-label="Console" className="mt-2">
          <Sections className="grid grid-cols-2 gap-1" current={current?.href} sections={sections} />
        </nav>
        {children}
      </details>
      <div className="hidden lg:block">
        <nav aria-label="Console">
          <Sections className="grid gap-1" current={current?.href} sections={sections} />
        </nav>
        {children}
      </div>
    </>
  );
}

interface SectionsProps {
  sections: readonly { href: string; label: string }[];
  className: string;
  current?: string;
}

function Sections({ sections, className, current }: SectionsProps) {
  return (
    <ul className={className}>
      {sections.map(({ href, label }) => (
        <li key={href}>
          <Link
            aria-current={href === current ? "page" : undefined}
            className="flex min-h-11 items-center rounded-lg border-transparent border-l-4 px-3 text-sm hover:bg-raised aria-[current]:border-accent aria-[current]:bg-raised aria-[current]:font-semibold"
            href={href}
          >
            {label}
          </Link>
        </li>
      ))}
    </ul>
  );
}
