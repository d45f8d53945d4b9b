import { Link } from "./link";

interface Props {
  label: string;
  options: { label: string; href: string; current: boolean }[];
}

/** Links that filter a list. The current filter is marked. */
export function FilterTabs({ label, options }: Props) {
  return (
    <nav aria-label={label}>
      <ul className="flex flex-wrap gap-1">
        {options.map(({ label, href, current }) => (
          <li key={href}>
            <Link
              aria-current={current ? "page" : undefined}
              className="inline-flex min-h-11 items-center border-transparent border-b-2 px-3 text-sm hover:bg-raised aria-[current]:border-accent aria-[current]:font-semibold"
              href={href}
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
