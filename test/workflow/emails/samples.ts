import type { EmailKind } from "@/lib/email/email-kinds";
import { billingSamples, expenseSamples } from "./money";
import { operatorSamples } from "./operators";
import { orderSamples } from "./orders";
import { readerSamples } from "./readers";
import type { Samples } from "./sample";

/** Every kind of email in its forms, to or about somebody of this name. */
export function emailSamples(name: string): Samples<EmailKind> {
  return {
    ...orderSamples(name),
    ...billingSamples(name),
    ...expenseSamples(name),
    ...readerSamples(name),
    ...operatorSamples(name),
  };
}
