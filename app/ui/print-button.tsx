"use client";

import { useEffect, useState } from "react";
import { Button } from "./button";

/** Opens the print dialog. Without JavaScript it is hidden, and the browser's menu prints the page. */
export function PrintButton() {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return ready ? (
    <Button kind="quiet" onClick={() => window.print()}>
      Print
    </Button>
  ) : null;
}
