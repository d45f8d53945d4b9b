import type { ReactNode } from "react";
import { readCart } from "@/app/(store)/cart/cart";
import { viewer } from "@/app/session";
import { Link } from "@/app/ui/link";
import { PageFrame } from "@/app/ui/page-frame";
import { storeEnv } from "@/lib/env";

/** The header and the footer around every page of the shop. */
export default async function StoreLayout({ children }: { children: ReactNode }) {
  const count = (await readCart()).items.reduce((sum, { quantity }) => sum + quantity, 0);
  const user = await viewer();
  const { STORE_NAME } = storeEnv();
  const item = "inline-flex min-h-11 items-center rounded-lg px-3 font-medium hover:bg-raised";
  return (
    <PageFrame
      cards
      className="flex min-h-dvh flex-col"
      footer={
        <footer className="border-line border-t print:hidden">
          <p className="mx-auto max-w-6xl px-4 py-6 text-muted text-sm">
            {STORE_NAME} never loses an order, never charges twice and never sells stock it does not have.
          </p>
        </footer>
      }
      header={
        <header className="border-line border-b bg-paper print:hidden">
          <div className="mx-auto flex max-w-6xl items-center gap-4 px-4 py-2">
            <Link className="inline-flex min-h-11 items-center font-bold text-lg tracking-tight" href="/">
              {STORE_NAME}
            </Link>
            <nav aria-label="Shop" className="ml-auto flex min-w-0 items-center gap-1 text-sm">
              {/* On a phone, the shop's name is the only link to the products. */}
              <Link className={`${item} max-sm:hidden`} href="/">
                Products
              </Link>
              <Link className={`${item} min-w-0`} href={user ? "/account" : "/sign-in"}>
                {user ? (
                  <span className="max-w-28 truncate sm:max-w-48">
                    <span className="sr-only">Account of </span>
                    {user.name}
                  </span>
                ) : (
                  "Sign in"
                )}
              </Link>
              <Link className={item} href="/cart">
                Cart<span className="sr-only">, items:</span>{" "}
                <span className="ml-2 rounded-full bg-accent px-2 py-0.5 text-on-accent tabular-nums">{count}</span>
              </Link>
            </nav>
          </div>
        </header>
      }
      mainClassName="mx-auto w-full max-w-6xl flex-1 px-4 py-8"
    >
      {children}
    </PageFrame>
  );
}
