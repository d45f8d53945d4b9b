"use client";

import { Button } from "./ui/button";

export default function Failed({ reset }: { reset: () => void }) {
  return (
    <main className="mx-auto grid max-w-xl justify-items-start gap-4 px-4 py-24">
      <h1>That did not work.</h1>
      <p className="text-muted">Something went wrong on our side. Nothing of yours was lost.</p>
      <Button onClick={reset}>Try again</Button>
    </main>
  );
}
