"use client";

import { Failed, type Failure } from "./ui/error-message";

/** For what fails outside the shop's pages and the console's: the frame around them. */
export default function RootError(failure: Failure) {
  return (
    <main className="px-4">
      <Failed home={{ href: "/", label: "To the shop" }} {...failure} />
    </main>
  );
}
