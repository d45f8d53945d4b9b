import type { MailKind } from "@/lib/email/mail-kinds";
import { billingSamples, expenseSamples } from "./money";
import { operatorSamples } from "./operators";
import { orderSamples } from "./orders";
import { readerSamples } from "./readers";
import type { Samples } from "./sample";

/** Every kind of mail in its forms, to or about somebody of this name. */
export function mailSamples(name: string): Samples<MailKind> {
  return {
    ...orderSamples(name),
    ...billingSamples(name),
    ...expenseSamples(name),
    ...readerSamples(name),
    ...operatorSamples(name),
  };
}
