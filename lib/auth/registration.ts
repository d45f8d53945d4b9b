import type { PrismaClient } from "@/prisma/generated/client";
import type { Tx } from "../db";
import { triggerUserRegistration } from "../inngest";

/**
 * The database as better-auth gets it: whoever is created within its transaction is announced in that transaction, so
 * that there is no account without its `user/registered`, and no event without its account.
 */
export function announcingRegistrations(client: PrismaClient): PrismaClient {
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "$transaction") return typeof value === "function" ? value.bind(target) : value;
      return (work: (tx: Tx) => Promise<unknown>) => target.$transaction((tx) => work(announcing(tx)));
    },
  });
}

function announcing(tx: Tx): Tx {
  const user = new Proxy(tx.user, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "create") return value;
      return async (args: Parameters<Tx["user"]["create"]>[0]) => {
        const created = await target.create(args);
        await triggerUserRegistration(tx, { userId: created.id, email: created.email, name: created.name });
        return created;
      };
    },
  });
  return new Proxy(tx, { get: (target, name) => (name === "user" ? user : Reflect.get(target, name)) });
}
