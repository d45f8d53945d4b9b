/** What a test card does when it is charged. */
export interface TestCard {
  brand: string;
  last4: string;
  /** Asks for 3-D Secure before the charge. */
  authentication?: true;
  decline?: { code: string; decline_code?: string; message: string };
  /** `pending`: the refund succeeds some time later. `fail`: it succeeds at first and fails later. */
  refund?: "pending" | "fail";
}

const DECLINED = "Your card was declined.";
const generic = { code: "card_declined", decline_code: "generic_decline", message: DECLINED };
const insufficient = {
  code: "card_declined",
  decline_code: "insufficient_funds",
  message: "Your card has insufficient funds.",
};

const visa = (last4: string, more: Partial<TestCard> = {}): TestCard => ({ brand: "visa", last4, ...more });
const stopped = (decline_code: string) => ({ code: "card_declined", decline_code, message: DECLINED });

/** Stripe's test payment methods with their documented meaning (docs: "Testing"). */
export const TEST_CARDS: Record<string, TestCard> = {
  pm_card_visa: visa("4242"),
  pm_card_visa_debit: visa("5556"),
  pm_card_mastercard: { brand: "mastercard", last4: "4444" },
  pm_card_amex: { brand: "amex", last4: "8431" },
  pm_card_visa_chargeDeclined: visa("0002", { decline: generic }),
  pm_card_chargeDeclined: visa("0002", { decline: generic }),
  pm_card_visa_chargeDeclinedInsufficientFunds: visa("9995", { decline: insufficient }),
  pm_card_chargeDeclinedInsufficientFunds: visa("9995", { decline: insufficient }),
  pm_card_visa_chargeDeclinedLostCard: visa("9987", { decline: stopped("lost_card") }),
  pm_card_visa_chargeDeclinedStolenCard: visa("9979", { decline: stopped("stolen_card") }),
  pm_card_chargeDeclinedExpiredCard: visa("0069", {
    decline: { code: "expired_card", decline_code: "expired_card", message: "Your card has expired." },
  }),
  pm_card_chargeDeclinedIncorrectCvc: visa("0127", {
    decline: {
      code: "incorrect_cvc",
      decline_code: "incorrect_cvc",
      message: "Your card's security code is incorrect.",
    },
  }),
  pm_card_chargeDeclinedProcessingError: visa("0119", {
    decline: {
      code: "processing_error",
      decline_code: "processing_error",
      message: "An error occurred while processing your card. Try again in a little bit.",
    },
  }),
  // Attaching it to a customer succeeds; charging it does not.
  pm_card_chargeCustomerFail: visa("0341", { decline: generic }),
  pm_card_authenticationRequired: visa("3184", { authentication: true }),
  pm_card_threeDSecureRequired: visa("3063", { authentication: true }),
  pm_card_threeDSecure2Required: visa("3220", { authentication: true }),
  pm_card_threeDSecureRequiredChargeDeclined: visa("1629", { authentication: true, decline: generic }),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: visa("3178", {
    authentication: true,
    decline: insufficient,
  }),
  pm_card_pendingRefund: visa("7726", { refund: "pending" }),
  pm_card_refundFail: visa("5126", { refund: "fail" }),
};
