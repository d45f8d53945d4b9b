"use client";

import { ErrorMessage, type Failure } from "./ui/error-message";

/** Shown if the layout of the shop or of the console fails. */
export default function RootError(failure: Failure) {
  return (
    <main className="px-4">
      <ErrorMessage {...failure} />
    </main>
  );
}
