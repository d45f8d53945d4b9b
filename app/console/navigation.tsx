"use client";

import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { Chevron } from "@/app/ui/disclosure";
import { Link } from "@/app/ui/link";
import { type Section, sectionsOf } from "./sections";

interface Props {
  admin: boolean;
  /** How much waits for a person in each section, by its address. */
  badges: Record<string, number>;
  children: ReactNode;
}

/** The navigation of the console: a column beside the page, on a phone a menu above it. `children` are below the links. */
export function Navigation({ admin, badges, children }: Props) {
  const path = usePathname();
  const sections = sectionsOf(admin);
  // The page of an order belongs to the orders.
  const current = sections.findLast(
    ({ href }) => path === href || (href !== "/console" && path.startsWith(`${href}/`)),
  );
  return (
    <>
      {/* The key closes the menu when the page changes. */}
      <details className="group lg:hidden" key={current?.href}>
        <summary className="flex min-h-11 items-center justify-between rounded-lg border border-line px-3 font-medium text-sm">
          <span className="flex items-center gap-2">
            Menu
            <Count of={Object.values(badges).reduce((sum, count) => sum + count, 0)} />
          </span>
          <span className="flex items-center gap-3 font-normal text-muted">
            {current?.label}
            <Chevron />
          </span>
        </summary>
        <nav aria-label="Console" className="mt-2">
          <Sections badges={badges} className="grid grid-cols-2 gap-1" current={current?.href} sections={sections} />
        </nav>
        {children}
      </details>
      <div className="hidden lg:block">
        <nav aria-label="Console">
          <Sections badges={badges} className="grid gap-1" current={current?.href} sections={sections} />
        </nav>
        {children}
      </div>
    </>
  );
}

interface SectionsProps {
  sections: readonly Section[];
  className: string;
  current?: string;
  badges: Props["badges"];
}

function Sections({ sections, className, current, badges }: SectionsProps) {
  return (
    <ul className={className}>
      {sections.map(({ href, label }) => (
        <li className="relative" key={href}>
          <Link
            aria-current={href === current ? "page" : undefined}
            className="flex min-h-11 items-center rounded-lg border-transparent border-l-4 px-3 text-sm hover:bg-raised aria-[current]:border-accent aria-[current]:bg-raised aria-[current]:font-semibold"
            href={href}
          >
            {label}
          </Link>
          <Count className="pointer-events-none absolute top-3 right-2" of={badges[href] ?? 0} />
        </li>
      ))}
    </ul>
  );
}

/** A badge with the number of what waits for a person, none for 0. */
function Count({ of: count, className = "" }: { of: number; className?: string }) {
  if (count === 0) return null;
  return (
    <span
      className={`rounded-full bg-warn-ground px-2 font-medium text-warn text-xs leading-5 tabular-nums ${className}`}
    >
      {count > 99 ? "99+" : count}
      <span className="sr-only"> need attention</span>
    </span>
  );
}
