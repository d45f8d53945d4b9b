import { raiseAlert } from "../alerts";
import { formatMoney, type Money } from "../money";
import type { PaymentRequest, Prepared } from "./payment-request";

/** A request that names another amount than the books: nothing is paid, and a person looks at where it came from. */
export async function refuseAmount(request: PaymentRequest, owed: Money): Promise<Prepared> {
  const { purpose, id } = request;
  const reason = `It asks for ${formatMoney(request)}, and ${formatMoney(owed)} are owed.`;
  await raiseAlert({
    kind: "payment_mismatch",
    id: `payment-mismatch:${purpose}:${id}:${request.amount}${request.currency}`,
    subject: `A payment for ${purpose} ${id} was refused`,
    detail: { purpose, id, reason },
  });
  return { due: false, reason };
}
