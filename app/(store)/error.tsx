"use client";

import { ErrorMessage, type Failure } from "@/app/ui/error-message";

export default function StoreError(failure: Failure) {
  return <ErrorMessage home={{ href: "/", label: "Go to products" }} {...failure} />;
}
