import { ButtonLink } from "./button";

const PRODUCTS = { href: "/", label: "Go to products" };

/** Shown for a missing page and for a page that the user has no access to. */
export function NotFoundMessage({ home = PRODUCTS }) {
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-4 py-16">
      <h1>Page not found</h1>
      <p className="text-muted">
        Check the address. This page may not exist, or your account may not have access to it.
      </p>
      <ButtonLink href={home.href}>{home.label}</ButtonLink>
    </div>
  );
}
