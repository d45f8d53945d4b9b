"use client";

import * as Dialog from "@radix-ui/react-dialog";
import { DIALOG, OVERLAY } from "@/app/ui/dialog-style";
import { useReturnFocus } from "@/app/ui/return-focus";

export { Palette } from "./palette";

const SHORTCUTS: [keys: string[], action: string][] = [
  [["/"], "Search"],
  [["Ctrl", "K"], "Search, also while typing (⌘ K on a Mac)"],
  [["?"], "Show this list"],
  [["Esc"], "Close a dialog"],
];

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The list of shortcuts. */
export function ShortcutList({ open, onOpenChange }: Props) {
  const returnFocus = useReturnFocus();
  return (
    <Dialog.Root onOpenChange={onOpenChange} open={open}>
      <Dialog.Portal>
        <Dialog.Overlay className={OVERLAY} />
        <Dialog.Content
          {...returnFocus}
          aria-describedby={undefined}
          className={`${DIALOG} w-[min(26rem,calc(100vw-2rem))] p-5`}
        >
          <div className="flex items-center justify-between gap-4">
            <Dialog.Title>Keyboard shortcuts</Dialog.Title>
            <Dialog.Close className="min-h-11 rounded-lg border border-line px-3 text-sm hover:bg-raised">
              Close
            </Dialog.Close>
          </div>
          <dl className="mt-3 grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2">
            {SHORTCUTS.map(([keys, action]) => (
              <div className="contents" key={action}>
                <dt className="flex gap-1">
                  {keys.map((key) => (
                    <kbd
                      className="min-w-7 rounded border border-line bg-raised px-2 text-center font-sans text-sm"
                      key={key}
                    >
                      {key}
                    </kbd>
                  ))}
                </dt>
                <dd className="text-sm">{action}</dd>
              </div>
            ))}
          </dl>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
