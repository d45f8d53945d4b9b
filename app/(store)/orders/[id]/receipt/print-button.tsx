"use client";

import { useSyncExternalStore } from "react";
import { Button } from "@/app/ui/button";

const never = () => () => {};

/** Opens the print dialog. Without JavaScript there is no button: the browser's own menu prints. */
export function PrintButton() {
  const canPrint = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return canPrint ? (
    <Button kind="quiet" onClick={() => window.print()} type="button">
      Print
    </Button>
  ) : null;
}
