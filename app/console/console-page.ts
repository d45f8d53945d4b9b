import type { Metadata } from "next";
import type { ReactNode } from "react";
import { orNotFound, type PageParams, type PageQuery } from "@/app/page-props";
import { requireOperator, viewer } from "@/app/session";
import { hasRole, type Viewer } from "@/lib/auth/viewer";
import type { Role } from "@/prisma/generated/enums";

type PageParameters<Query extends string, Path extends string> = Partial<Record<Query, string>> & Record<Path, string>;

/**
 * Returns a page for managers, or for a higher role. Other users, and parameters for which there is nothing, get the page "not
 * found". `render` gets the parameters of its query and of its path, and the manager.
 */
export const consolePage =
  <Query extends string = never, Path extends string = never>(
    render: (parameters: PageParameters<Query, Path>, operator: Viewer) => Promise<ReactNode>,
    role?: Role,
  ) =>
  async ({ params, searchParams }: PageParams<Path> & PageQuery<Query>) => {
    const operator = await requireOperator(role);
    return orNotFound(render({ ...(await searchParams), ...(await params) }, operator));
  };

/**
 * Returns the `generateMetadata` of a page about one record, whose title names the record: an operator has several of them open. Only
 * managers see it.
 */
export const recordTitle =
  <Path extends string>(title: (parameters: Record<Path, string>, operator: Viewer) => Promise<string>) =>
  async ({ params }: PageParams<Path>): Promise<Metadata> => {
    const user = await viewer();
    if (!user || !hasRole(user, "manager")) return {};
    return { title: await orNotFound(title(await params, user)) };
  };
