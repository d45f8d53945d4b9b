import type { Metadata } from "next";
import type { ReactNode } from "react";
import { signOut } from "@/app/(store)/auth-actions";
import { requireOperator } from "@/app/session";
import { Link } from "@/app/ui/link";
import { PageFrame } from "@/app/ui/page-frame";
import type { Attention } from "@/lib/console/attention";
import { storeEnv } from "@/lib/env";
import { attentionCounts } from "./attention-counts";
import { Navigation } from "./navigation";
import { Secrets } from "./secrets";
import { Shortcuts } from "./shortcuts";
import { Toaster } from "./toaster";

export const metadata: Metadata = { title: { default: "Console", template: "%s · Console" }, robots: { index: false } };

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { name, role } = await requireOperator();
  return (
    <PageFrame
      className="min-h-dvh lg:grid lg:grid-cols-[15rem_1fr] print:block"
      header={
        <header className="border-line border-b bg-paper print:hidden lg:border-r lg:border-b-0">
          <div className="p-4 lg:sticky lg:top-0 lg:max-h-dvh lg:overflow-y-auto">
            <Link className="mb-2 inline-flex min-h-11 items-center font-bold text-lg tracking-tight" href="/console">
              {storeEnv().STORE_NAME}&nbsp;<span className="font-normal text-muted">console</span>
            </Link>
            <Navigation admin={role === "admin"} badges={badgesOf(await attentionCounts())}>
              <div className="mt-4 border-line border-t pt-3 text-sm">
                <p className="text-muted">
                  {name}, {role}
                </p>
                <div className="flex gap-5">
                  <Link className="inline-flex min-h-11 items-center underline" href="/">
                    Go to shop
                  </Link>
                  <form action={signOut}>
                    <button className="min-h-11 underline" type="submit">
                      Sign out
                    </button>
                  </form>
                </div>
              </div>
            </Navigation>
            <Shortcuts admin={role === "admin"} />
          </div>
        </header>
      }
      mainClassName="min-w-0 px-4 py-8 lg:px-10 print:p-0"
    >
      <Secrets>{children}</Secrets>
      <Toaster />
    </PageFrame>
  );
}

/** Returns how much waits for a person in each section of the navigation. */
const badgesOf = ({ held, disputes, lowStock, expenses, refunds, tasks, alerts }: Attention) => ({
  "/console": alerts,
  "/console/orders": held + disputes,
  "/console/products": lowStock,
  "/console/approvals": expenses,
  "/console/manual-queue": refunds + tasks,
});
