"use client";

import type { PropsWithChildren } from "react";
import { Copyable } from "@/app/ui/copyable";
import { SecretView } from "@/app/ui/form-state";

const CopyableSecret = ({ secret }: { secret: string }) => (
  <Copyable label="secret" text={secret}>
    <code>{secret}</code>
  </Copyable>
);

/** Lets the messages of the forms within show a secret, with a button that copies it. */
export const Secrets = ({ children }: PropsWithChildren) => <SecretView value={CopyableSecret}>{children}</SecretView>;
