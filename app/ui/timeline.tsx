import type { ReactNode } from "react";

/** What happened, one under the other along a line. */
export function Timeline({ entries }: { entries: { what: string; at: ReactNode }[] }) {
  return (
    <ol className="grid gap-3 border-line border-l-2 pl-5">
      {entries.map(({ what, at }, index) => (
        <li
          className="relative before:absolute before:top-2 before:-left-[1.6rem] before:size-2.5 before:rounded-full before:bg-accent"
          // biome-ignore lint/suspicious/noArrayIndexKey: what happened stays; only more is added at the end
          key={index}
        >
          <p>{what}</p>
          <p className="text-muted text-sm">{at}</p>
        </li>
      ))}
    </ol>
  );
}
