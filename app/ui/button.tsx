import type { ComponentProps } from "react";
import { Link } from "./link";

const base =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-lg px-4 py-2 font-medium motion-safe:transition-colors disabled:cursor-not-allowed disabled:opacity-55";

const kinds = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  quiet: "border border-line bg-paper text-ink hover:bg-raised",
  danger: "border border-bad text-bad hover:bg-bad-ground",
} as const;

interface KindProps {
  kind?: keyof typeof kinds;
}

type ButtonProps = ComponentProps<"button"> & KindProps & { busy?: boolean };

/** A button. While its action runs, it is `busy` and disabled. */
export function Button({ kind = "primary", busy = false, className = "", children, ...props }: ButtonProps) {
  return (
    <button aria-busy={busy} className={`${base} ${kinds[kind]} ${className}`} disabled={busy} {...props}>
      {busy ? (
        <span
          aria-hidden
          className="size-4 animate-spin rounded-full border-2 border-current border-t-transparent motion-reduce:animate-none"
        />
      ) : null}
      {children}
    </button>
  );
}

/** A link to a file with the style of a button. Next's link would load the file as a page, and wait for that page. */
export function DownloadLink({ kind = "quiet", className = "", children, ...props }: ComponentProps<"a"> & KindProps) {
  return (
    <a className={`${base} ${kinds[kind]} ${className}`} {...props}>
      {children}
    </a>
  );
}

/** A link with the style of a button. It navigates and changes no data. */
export function ButtonLink({ kind = "primary", className = "", ...props }: ComponentProps<typeof Link> & KindProps) {
  return <Link className={`${base} ${kinds[kind]} ${className}`} {...props} />;
}
