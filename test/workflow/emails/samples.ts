import type { EmailKind } from "@/lib/email/email-kinds";
import { billingSamples, expenseSamples } from "./money";
import { operatorSamples } from "./operators";
import { orderSamples } from "./orders";
import { readerSamples } from "./readers";
import type { Samples } from "./sample";

/** Returns samples of every kind of email, to or about a person with this name. */
export function emailSamples(name: string): Samples<EmailKind> {
  return {
    ...orderSamples(name),
    ...billingSamples(name),
    ...expenseSamples(name),
    ...readerSamples(name),
    ...operatorSamples(name),
  };
}
