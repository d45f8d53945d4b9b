"use client";

import NextLink, { useLinkStatus } from "next/link";
import type { ComponentProps } from "react";
import { useLoading } from "./loading";

/** A link within the app. While the next page loads, the LoadingArea around it shows a skeleton. */
export function Link({ children, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink {...rest}>
      {children}
      <ReportLoading />
    </NextLink>
  );
}

function ReportLoading() {
  useLoading(useLinkStatus().pending);
  return null;
}

/** A link inside text. */
export function TextLink({ className = "", ...rest }: ComponentProps<typeof Link>) {
  return <Link className={`text-accent underline ${className}`} {...rest} />;
}
