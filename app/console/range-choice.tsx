import { TextField } from "@/app/ui/field";
import { longDay } from "@/app/ui/format-time";
import { Link } from "@/app/ui/link";
import { SearchForm } from "@/app/ui/list";
import type { DateRange, PRESETS, readRange } from "@/lib/reports/sales-range";

const LABELS: Record<keyof typeof PRESETS, string> = {
  today: "Today",
  "7": "7 days",
  "30": "30 days",
  "90": "90 days",
};

const KEYS = ["today", "7", "30", "90"] as const satisfies (keyof typeof PRESETS)[];

/** Returns a range in words: `1 March 2026 to 8 March 2026`. */
export const rangeText = ({ from, to }: DateRange): string =>
  from === to ? longDay(to) : `${longDay(from)} to ${longDay(to)}`;

interface Props {
  /** The page with the figures. */
  path: string;
  range: ReturnType<typeof readRange>;
}

/** Links to the presets, and a form for own dates. */
export function RangeChoice({ path, range: { preset, from, to } }: Props) {
  return (
    <div className="flex flex-wrap items-end justify-between gap-3">
      <nav aria-label="Range of the figures">
        <ul className="flex flex-wrap gap-1">
          {KEYS.map((key) => (
            <li key={key}>
              <Link
                aria-current={key === preset ? "page" : undefined}
                className="inline-flex min-h-11 items-center border-transparent border-b-2 px-3 text-sm hover:bg-raised aria-[current]:border-accent aria-[current]:font-semibold"
                href={`${path}?range=${key}`}
                scroll={false}
              >
                {LABELS[key]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <SearchForm path={path}>
        <TextField defaultValue={from} label="From" name="from" required type="date" />
        <TextField defaultValue={to} label="To" name="to" required type="date" />
      </SearchForm>
    </div>
  );
}
