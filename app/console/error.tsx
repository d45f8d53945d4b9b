"use client";

import { Failed, type Failure } from "@/app/ui/failed";

export default function ConsoleError(failure: Failure) {
  return <Failed home={{ href: "/console", label: "To the overview" }} {...failure} />;
}
