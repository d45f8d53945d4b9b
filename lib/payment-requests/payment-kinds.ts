import { expensePayment } from "./expense-payment";
import { orderPayment } from "./order-payment";
import type { PaymentKind, PaymentRequest } from "./payment-request";

const KINDS: Record<PaymentRequest["purpose"], PaymentKind> = { expense: expensePayment, order: orderPayment };

export const paymentKind = (purpose: PaymentRequest["purpose"]): PaymentKind => KINDS[purpose];
