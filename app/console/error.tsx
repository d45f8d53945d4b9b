"use client";

import { ErrorMessage, type Failure } from "@/app/ui/error-message";

export default function ConsoleError(failure: Failure) {
  return <ErrorMessage home={{ href: "/console", label: "Go to overview" }} {...failure} />;
}
