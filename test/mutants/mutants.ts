import { EMAIL_MUTANTS } from "./emails";
import { MONEY_MUTANTS } from "./money";
import { ORDER_MUTANTS } from "./orders";
import { PROCESS_MUTANTS } from "./processes";

/** Mistakes that people make in such a shop, each caught by the simulation or by a named test. */
export const MUTANTS = [...MONEY_MUTANTS, ...ORDER_MUTANTS, ...EMAIL_MUTANTS, ...PROCESS_MUTANTS];
