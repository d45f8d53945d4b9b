"use client";

import { Failed, type Failure } from "@/app/ui/error-message";

export default function StoreError(failure: Failure) {
  return <Failed home={{ href: "/", label: "To the products" }} {...failure} />;
}
