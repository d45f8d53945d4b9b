import type { ReactNode } from "react";
import { LoadingArea, LoadingContent } from "./link";

interface Props {
  className: string;
  mainClassName: string;
  header: ReactNode;
  footer?: ReactNode;
  /** True for a page with cards. The skeleton shows cards too. */
  cards?: boolean;
  children: ReactNode;
}

/** The frame of every page: a link that skips the navigation, the header, the content and the footer. */
export function PageFrame({ className, mainClassName, header, footer, cards, children }: Props) {
  return (
    <LoadingArea>
      <div className={className}>
        <a
          className="sr-only focus:not-sr-only focus:absolute focus:m-3 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent"
          href="#content"
        >
          Skip to content
        </a>
        {header}
        <main className={`outline-none ${mainClassName}`} id="content">
          <LoadingContent skeleton={<Skeleton cards={cards} />}>{children}</LoadingContent>
        </main>
        {footer}
      </div>
    </LoadingArea>
  );
}

const block = "animate-pulse rounded-2xl bg-raised motion-reduce:animate-none";

/** The placeholder of a loading page. It is as tall as the window, so the footer does not move. */
function Skeleton({ cards = false }: { cards?: boolean }) {
  return (
    <div className="grid min-h-dvh content-start gap-6" data-testid="skeleton">
      <h1 className="sr-only">Loading</h1>
      <div aria-hidden className={`h-9 w-56 ${block}`} />
      <div aria-hidden className={cards ? "grid grid-cols-2 gap-4 md:grid-cols-3 lg:grid-cols-4" : "grid gap-3"}>
        {Array.from({ length: 8 }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items are identical
          <div className={`${cards ? "aspect-[3/4]" : "h-16"} ${block}`} key={index} />
        ))}
      </div>
    </div>
  );
}
