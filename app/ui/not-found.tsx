import { ButtonLink } from "./button";

/** What somebody sees where there is nothing, or nothing for them. */
export function Missing({ home }: { home: { href: string; label: string } }) {
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-4 py-16">
      <h1>There is nothing here.</h1>
      <p className="text-muted">The address may be mistyped, or the link may be for somebody else.</p>
      <ButtonLink href={home.href}>{home.label}</ButtonLink>
    </div>
  );
}
