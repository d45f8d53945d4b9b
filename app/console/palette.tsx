"use client";

import * as Dialog from "@radix-ui/react-dialog";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { OVERLAY, SURFACE } from "@/app/ui/dialog-style";
import { StatusBadge } from "@/app/ui/display";
import { useReturnFocus } from "@/app/ui/return-focus";
import type { Hit } from "./search/groups";
import { sectionsOf } from "./sections";
import { useSearch } from "./use-search";

interface Props {
  /** Whether the operator sees the pages for admins. */
  admin: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const NAME = "Search the console";

/** A dialog that goes to a page of the console, or to an order, a customer, a product, an email or a run by a search. */
export function Palette({ open, onOpenChange, admin }: Props) {
  const returnFocus = useReturnFocus();
  return (
    <Dialog.Root onOpenChange={onOpenChange} open={open}>
      <Dialog.Portal>
        <Dialog.Overlay className={OVERLAY} />
        {/* It keeps its upper edge while results arrive. */}
        <Dialog.Content
          {...returnFocus}
          aria-describedby={undefined}
          className={`${SURFACE} top-[12dvh] w-[min(40rem,calc(100vw-2rem))] overflow-hidden`}
        >
          <Dialog.Title className="sr-only">{NAME}</Dialog.Title>
          <Results admin={admin} close={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const GROUP =
  "p-2 [&>[cmdk-group-heading]]:px-3 [&>[cmdk-group-heading]]:py-1.5 [&>[cmdk-group-heading]]:font-medium [&>[cmdk-group-heading]]:text-muted [&>[cmdk-group-heading]]:text-sm";

function Results({ admin, close }: { admin: boolean; close: () => void }) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [selected, setSelected] = useState("");
  const q = typed.trim();
  const { groups, isCurrent, status, problem } = useSearch(q);
  const pages = sectionsOf(admin).filter(({ label }) => label.toLowerCase().startsWith(q.toLowerCase()));
  const searchPage = `/console/search?q=${encodeURIComponent(q)}`;
  const found: { title: string; hits: Hit[] }[] = [
    { title: "Pages", hits: pages.map(({ href, label }) => ({ href, name: label })) },
    ...groups,
  ].filter(({ hits }) => hits.length > 0);
  const hrefs = found.flatMap(({ hits }) => hits.map(({ href }) => href));
  // Enter never opens a hit of an earlier text. Until the hits of this text arrive, it opens the page of the search.
  const first = (isCurrent ? hrefs[0] : undefined) ?? searchPage;
  const go = (href: string) => {
    close();
    if (href.startsWith("/")) router.push(href);
    else window.location.assign(href);
  };
  return (
    <Command
      className="flex max-h-[76dvh] flex-col"
      label={NAME}
      loop
      onValueChange={setSelected}
      shouldFilter={false}
      value={hrefs.includes(selected) ? selected : first}
    >
      <Command.Input
        className="min-h-14 w-full border-line border-b bg-transparent px-5 text-ink outline-none placeholder:text-muted"
        onValueChange={(text) => {
          setTyped(text);
          setSelected("");
        }}
        placeholder="Order number, email, name, SKU, payment or tracking number"
        value={typed}
      />
      <p className={problem ? "px-5 pt-3 text-bad" : "sr-only"} role="status">
        {problem ?? status}
      </p>
      <Command.List className="min-h-0 overflow-y-auto overscroll-contain" label="Results">
        {q ? (
          <div className="p-2 pb-0">
            <Item href={searchPage} name={`See all results for “${q}”`} onSelect={() => go(searchPage)} />
          </div>
        ) : null}
        {found.map(({ title, hits }) => (
          <Command.Group className={GROUP} heading={title} key={title}>
            {hits.map((hit) => (
              <Item key={hit.href} onSelect={() => go(hit.href)} {...hit} />
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function Item({ href, name, note, status, onSelect }: Hit & { onSelect: () => void }) {
  return (
    <Command.Item
      className="flex min-h-11 cursor-pointer flex-wrap items-center justify-between gap-x-4 rounded-lg px-3 py-2 data-[selected=true]:bg-raised data-[selected=true]:outline-2 data-[selected=true]:outline-accent"
      onSelect={onSelect}
      value={href}
    >
      <span className="min-w-0 wrap-anywhere">
        {name}
        {note ? <span className="block text-muted text-sm">{note}</span> : null}
      </span>
      {status ? <StatusBadge status={status} /> : null}
    </Command.Item>
  );
}
