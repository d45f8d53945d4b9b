"use client";

import { ErrorMessage, type Failure } from "./ui/error-message";

/** For what fails outside the shop's pages and the console's: the frame around them. */
export default function RootError(failure: Failure) {
  return (
    <main className="px-4">
      <ErrorMessage home={{ href: "/", label: "Go to shop" }} {...failure} />
    </main>
  );
}
