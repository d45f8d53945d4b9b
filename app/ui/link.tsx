"use client";

import NextLink, { useLinkStatus } from "next/link";
import type { ComponentProps } from "react";
import { useLoading } from "./loading";

/** A link within the app; while it is followed, its area shows that something loads. */
export function Link({ children, ...rest }: ComponentProps<typeof NextLink>) {
  return (
    <NextLink {...rest}>
      {children}
      <Status />
    </NextLink>
  );
}

function Status() {
  useLoading(useLinkStatus().pending);
  return null;
}
