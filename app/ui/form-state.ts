import { type ComponentType, createContext } from "react";
import { fieldName, fieldSentence } from "./field-label";

export interface FormState {
  /** The result of the action, or its error. */
  message?: string;
  good?: boolean;
  /** The message of a success stays in the form, because the user needs it longer than a toast is in view. */
  stays?: boolean;
  /** A secret that the user copies from the message, because it is shown only once. */
  secret?: string;
  /** The errors of single fields, by their path in the request. */
  errors?: { path: string; message: string }[];
  /** The typed values, to show them again after an error. */
  values?: Record<string, string | undefined>;
  /** The user must sign in before the form can be sent. */
  signIn?: boolean;
}

/** The state of the form around a field, if the form was refused. */
export const RefusedForm = createContext<FormState>({});

/** How the message of a form shows its secret. Only the console has secrets, so the shop does not load it. */
export const SecretView = createContext<ComponentType<{ secret: string }> | undefined>(undefined);

/** Returns the error of a field as a sentence, if it has one. */
export function errorOf({ errors = [] }: FormState, name: string): string | undefined {
  const error = errors.find(({ path }) => fieldName(path) === name);
  return error && fieldSentence(error.path, error.message);
}
