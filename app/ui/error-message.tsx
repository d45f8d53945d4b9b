"use client";

import { Button } from "./button";
import { Link } from "./link";

export interface Failure {
  error: unknown;
  retry: () => void;
}

const PRODUCTS = { href: "/", label: "Go to products" };

/** Shown instead of a page that failed. The error number is also in the log. */
export function ErrorMessage({ error, retry, home = PRODUCTS }: Failure & { home?: typeof PRODUCTS }) {
  const digest = error instanceof Error && "digest" in error ? String(error.digest) : "";
  return (
    <div className="mx-auto grid max-w-xl justify-items-start gap-4 py-16" role="alert">
      <h1>Something went wrong</h1>
      <p className="text-muted">An error occurred on our side. Your data is safe. Please try again in a moment.</p>
      <div className="flex flex-wrap items-center gap-5">
        <Button onClick={retry}>Try again</Button>
        <Link className="inline-flex min-h-11 items-center underline" href={home.href}>
          {home.label}
        </Link>
      </div>
      {digest ? (
        <p className="text-muted text-sm">If the error persists, contact us with this error number: {digest}</p>
      ) : null}
    </div>
  );
}
