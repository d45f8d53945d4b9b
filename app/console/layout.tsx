import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { signOut } from "@/app/(store)/auth-actions";
import { requireOperator } from "@/app/session";
import { SECTIONS } from "./sections";

export const metadata: Metadata = { title: { default: "Console", template: "%s · Console" }, robots: { index: false } };

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { name, role } = await requireOperator("/console");
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[15rem_1fr]">
      <a
        className="sr-only focus:not-sr-only focus:absolute focus:m-3 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent"
        href="#content"
      >
        Skip to content
      </a>
      <header className="border-line border-b bg-paper p-4 lg:border-r lg:border-b-0">
        <Link className="font-bold text-lg tracking-tight" href="/console">
          Steadfast <span className="font-normal text-muted">console</span>
        </Link>
        <nav aria-label="Console" className="mt-4 flex gap-1 overflow-x-auto lg:grid">
          {SECTIONS.map(({ href, label }) => (
            <Link className="whitespace-nowrap rounded-lg px-3 py-2 text-sm hover:bg-raised" href={href} key={href}>
              {label}
            </Link>
          ))}
        </nav>
        <form action={signOut} className="mt-4 border-line border-t pt-4 text-sm">
          <p className="text-muted">
            {name}, {role}
          </p>
          <button className="min-h-11 underline" type="submit">
            Sign out
          </button>
        </form>
      </header>
      <main className="min-w-0 px-4 py-8 lg:px-10" id="content">
        {children}
      </main>
    </div>
  );
}
