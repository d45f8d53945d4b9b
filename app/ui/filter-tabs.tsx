import { Link } from "./link";

/** Which part of a list to see: links side by side, the present one marked. */
export function FilterTabs({
  label,
  options,
}: {
  label: string;
  options: { label: string; href: string; present: boolean }[];
}) {
  return (
    <nav aria-label={label}>
      <ul className="flex flex-wrap gap-1">
        {options.map(({ label, href, present }) => (
          <li key={href}>
            <Link
              aria-current={present ? "page" : undefined}
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
