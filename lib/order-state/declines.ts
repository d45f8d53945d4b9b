/** The code of every decline whose reason the customer may not read. */
const GENERIC = "generic_decline";

/** The codes of declines that a customer may read. They are part of the public API. */
export const DECLINE_CODES = [
  GENERIC,
  "incorrect_cvc",
  "incorrect_number",
  "incorrect_zip",
  "invalid_expiry",
  "expired_card",
  "insufficient_funds",
  "limit_exceeded",
  "card_not_supported",
  "currency_not_supported",
  "processing_error",
] as const;

type DeclineCode = (typeof DECLINE_CODES)[number];

/**
 * The reasons of a decline that a customer may read and can do something about (docs.stripe.com/declines/codes). Stripe asks shops
 * not to name any other reason, such as a stolen card: the person who pays may not be its owner.
 */
const DECLINES: Record<string, { code: DeclineCode; sentence: string }> = {
  incorrect_cvc: { code: "incorrect_cvc", sentence: "The security code (CVC) of the card is not correct." },
  invalid_cvc: { code: "incorrect_cvc", sentence: "The security code (CVC) of the card is not correct." },
  incorrect_number: { code: "incorrect_number", sentence: "The card number is not correct." },
  invalid_number: { code: "incorrect_number", sentence: "The card number is not correct." },
  incorrect_zip: { code: "incorrect_zip", sentence: "The postal code does not belong to the card." },
  invalid_expiry_month: { code: "invalid_expiry", sentence: "The expiry date of the card is not correct." },
  invalid_expiry_year: { code: "invalid_expiry", sentence: "The expiry date of the card is not correct." },
  expired_card: { code: "expired_card", sentence: "The card has expired." },
  insufficient_funds: { code: "insufficient_funds", sentence: "The card has insufficient funds." },
  withdrawal_count_limit_exceeded: { code: "limit_exceeded", sentence: "The card has reached its limit." },
  card_velocity_exceeded: { code: "limit_exceeded", sentence: "The card has reached its limit." },
  card_not_supported: { code: "card_not_supported", sentence: "The card does not support this kind of purchase." },
  currency_not_supported: { code: "currency_not_supported", sentence: "The card does not support this currency." },
  processing_error: {
    code: "processing_error",
    sentence: "The bank could not process the payment. Please try again in a few minutes.",
  },
};

/** Returns the code of a decline that the customer may read. Pure. */
export const publicDeclineCode = (code: string | null | undefined): DeclineCode =>
  DECLINES[code ?? ""]?.code ?? GENERIC;

const SENTENCES = new Map<string, string>(Object.values(DECLINES).map(({ code, sentence }) => [code, sentence]));

/** Returns a sentence about a decline for the customer; undefined if the reason may not be named. Pure. */
export const declineSentence = (code: string | null | undefined): string | undefined =>
  SENTENCES.get(publicDeclineCode(code)) ?? SENTENCES.get(code ?? "");

/** Returns the reason of a decline in words for a timeline or a table: `The card has expired`, or that the bank gave none. Pure. */
export const declineReason = (code: string | null | undefined): string =>
  declineSentence(code)?.replace(/\.$/, "") ?? "The bank gave no reason";
