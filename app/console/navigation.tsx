"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Chevron } from "@/app/ui/disclosure";
import { Link } from "@/app/ui/link";
import { SECTIONS, sectionOf } from "./sections";

/** The way around the console: a column beside the page, on a phone a menu above it. `children` stand at its end. */
export function Navigation({ children }: { children: ReactNode }) {
  const present = sectionOf(usePathname());
  return (
    <>
      {/* The key closes it when the page has changed. */}
      <details className="group lg:hidden" key={present?.href}>
        <summary className="flex min-h-11 items-center justify-between rounded-lg border border-line px-3 font-medium text-sm">
          Menu
          <span className="flex items-center gap-3 font-normal text-muted">
            {present?.label}
            <Chevron />
          </span>
        </summary>
        <nav aria-label="Console" className="mt-2">
          <Sections className="grid grid-cols-2 gap-1" present={present?.href} />
        </nav>
        {children}
      </details>
      <div className="hidden lg:block">
        <nav aria-label="Console">
          <Sections className="grid gap-1" present={present?.href} />
        </nav>
        {children}
      </div>
    </>
  );
}

function Sections({ className, present }: { className: string; present?: string }) {
  return (
    <ul className={className}>
      {SECTIONS.map(({ href, label }) => (
        <li key={href}>
          <Link
            aria-current={href === present ? "page" : undefined}
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
