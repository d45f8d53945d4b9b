import type { ReactNode } from "react";
import { Link } from "./link";

/** A page above the present one. */
export interface Crumb {
  href: string;
  label: string;
}

/** The way from the start to the present page. */
export function Breadcrumbs({ trail, current }: { trail: Crumb[]; current: ReactNode }) {
  return (
    <nav aria-label="Breadcrumb" className="-mb-3 text-muted text-sm print:hidden">
      <ol className="flex flex-wrap items-center gap-x-2">
        {trail.map(({ href, label }) => (
          <li className="flex items-center gap-x-2" key={href}>
            <Link className="inline-flex min-h-6 items-center underline" href={href}>
              {label}
            </Link>
            <span aria-hidden="true">/</span>
          </li>
        ))}
        <li aria-current="page" className="min-w-0 wrap-anywhere">
          {current}
        </li>
      </ol>
    </nav>
  );
}
