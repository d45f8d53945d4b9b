import type { ReactNode } from "react";

/** The events of an order, oldest first. */
export function Timeline({ entries }: { entries: { text: string; at: ReactNode }[] }) {
  return (
    <ol className="grid gap-3 border-line border-l-2 pl-5">
      {entries.map(({ text, at }, index) => (
        <li
          className="relative before:absolute before:top-2 before:-left-[1.6rem] before:size-2.5 before:rounded-full before:bg-accent"
          // biome-ignore lint/suspicious/noArrayIndexKey: events are only appended
          key={index}
        >
          <p>{text}</p>
          <p className="text-muted text-sm">{at}</p>
        </li>
      ))}
    </ol>
  );
}
