import Link from "next/link";
import type { ComponentProps } from "react";

const base =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-lg px-4 py-2 font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55";

const kinds = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  quiet: "border border-line bg-paper text-ink hover:bg-raised",
  danger: "border border-bad text-bad hover:bg-bad-ground",
} as const;

type Kind = keyof typeof kinds;

export function Button({ kind = "primary", className = "", ...rest }: ComponentProps<"button"> & { kind?: Kind }) {
  return <button className={`${base} ${kinds[kind]} ${className}`} {...rest} />;
}

/** A link that looks like a button: it leads somewhere, and changes nothing. */
export function ButtonLink({
  kind = "primary",
  className = "",
  ...rest
}: ComponentProps<typeof Link> & { kind?: Kind }) {
  return <Link className={`${base} ${kinds[kind]} ${className}`} {...rest} />;
}
