"use client";

import { Failed, type Failure } from "@/app/ui/error-message";

export default function ConsoleError(failure: Failure) {
  return <Failed home={{ href: "/console", label: "To the overview" }} {...failure} />;
}
