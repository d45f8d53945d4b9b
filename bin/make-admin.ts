import "./env-file";
import { changeRole } from "@/lib/auth/change-role";
import { closeDb, db, Prisma } from "@/lib/db";
import { normalizeEmail } from "@/lib/email-address";
import { databaseEnv } from "@/lib/env";
import { messageOf } from "@/lib/errors";

/**
 * `npm run make-admin -- EMAIL`: makes a user an administrator. A new shop needs it for its first one, because only administrators can
 * change roles in the console. The change of the role names this command as the one who made it.
 */
const [address, ...rest] = process.argv.slice(2);

try {
  databaseEnv();
  if (address === undefined || rest.length > 0) throw new Error("Usage: npm run make-admin -- EMAIL");
  console.log(await makeAdmin(address));
} catch (error) {
  console.error(reasonOf(error));
  process.exitCode = 1;
} finally {
  await closeDb();
}

/** Returns what it did. @throws Error that a person can act on, AppError of `changeRole`, or an error of the database */
async function makeAdmin(text: string): Promise<string> {
  const email = normalizeEmail(text);
  if (email === undefined) throw new Error(`"${text}" is not an email address.`);
  const user = await db().user.findFirst({ where: { email, deletedAt: null } });
  if (!user) throw new Error(`There is no account with the address ${email}. Sign up at /sign-up first.`);
  if (user.role === "admin") return `${email} is an administrator already.`;
  if (!user.emailVerified)
    throw new Error(`The address ${email} is not verified. Follow the link in the email that confirms it first.`);
  await changeRole(user.id, { role: "admin" }, "make-admin");
  return `${email} is an administrator now.`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return messageOf(error);
  // P2021 and P2022: there is no such table or column.
  if (/^P202[12]$/.test(error.code)) return "The database is not migrated. Run `npm run migrate` first.";
  // Prisma puts the lines of the code in front.
  return error.message.split("\n").at(-1) ?? error.message;
}
