import { Breakable } from "@/app/ui/breakable";
import { Copyable } from "@/app/ui/copyable";
import { DisclosedForm } from "@/app/ui/disclosed-form";
import { Badge, Empty, PageContent } from "@/app/ui/display";
import { EmailField, SelectField, TextField } from "@/app/ui/field";
import { TextLink } from "@/app/ui/link";
import { StatusTabs, Table } from "@/app/ui/list";
import { Pager } from "@/app/ui/list-links";
import { Timestamp } from "@/app/ui/timestamp";
import { now } from "@/lib/clock";
import { type CouponView, countCoupons, couponQuerySchema, listCoupons } from "@/lib/coupons/manage-coupons";
import { storeEnv } from "@/lib/env";
import { formatMoney } from "@/lib/money";
import { consolePage } from "../console-page";
import { create, deactivate } from "./actions";

export const metadata = { title: "Coupons" };

const TABS = { all: "All", usable: "Usable", used: "Used", expired: "Expired", deactivated: "Deactivated" };

export default consolePage<"status" | "cursor">(async ({ status, cursor }) => {
  const query = couponQuerySchema
    .catch({ limit: 20 })
    .parse({ limit: "20", status: status || undefined, cursor: cursor || undefined });
  const [{ items, nextCursor }, rows] = await Promise.all([listCoupons(query), countCoupons(query)]);
  return (
    <PageContent title="Coupons">
      <DisclosedForm action={create} label="Create a coupon" submit="Create coupon" tone="accent">
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField label="Discount" name="kind">
            <option value="percent">Percentage</option>
            <option value="fixed">Fixed amount</option>
          </SelectField>
          <TextField hint="For a percentage" label="Percent" max={100} min={1} name="percent" type="number" />
          <TextField hint="For a fixed amount, such as 5.00" inputMode="decimal" label="Amount" name="amount" />
          <TextField
            defaultValue={storeEnv().STORE_CURRENCY}
            label="Currency"
            maxLength={3}
            name="currency"
            pattern="[A-Z]{3}"
          />
          <TextField
            hint="The lowest total of the items, such as 20.00"
            inputMode="decimal"
            label="Minimum (optional)"
            name="minimum"
          />
          <TextField hint="A random code if it is empty" label="Code (optional)" maxLength={40} name="code" />
          <EmailField
            hint="Only this customer can use it"
            label="Customer's email (optional)"
            autoComplete="off"
            required={false}
          />
          <TextField label="Last day (optional)" name="expiresAt" type="date" />
        </div>
      </DisclosedForm>
      <StatusTabs current={query.status ?? "all"} labels={TABS} path="/console/coupons" />
      <Table
        caption="Coupons, newest first"
        columns={(column) => [
          column("Code", ({ code, createdAt }) => (
            <>
              <Copyable label={`coupon ${code}`} text={code}>
                <code className="whitespace-nowrap">{code}</code>
              </Copyable>
              <span className="block font-normal text-muted">
                created <Timestamp at={createdAt} />
              </span>
            </>
          )),
          column("Discount", (coupon) => discountOf(coupon)),
          column("Status", (coupon) => <CouponStatus coupon={coupon} />),
          column("Uses", ({ orderId }) => (
            <span className="whitespace-nowrap">
              {orderId ? <TextLink href={`/console/orders/${orderId}`}>1 of 1, by an order</TextLink> : "0 of 1"}
            </span>
          )),
          column("Limits", Limits),
          column("Action", ({ code, deactivatedAt, orderId }) =>
            deactivatedAt || orderId ? null : (
              <DisclosedForm
                action={deactivate}
                hidden={{ code }}
                label="Deactivate"
                question={`Customers cannot use ${code} any more. You cannot activate it again.`}
                submit="Yes, deactivate it"
                tone="bad"
              />
            ),
          ),
        ]}
        rowKey={({ code }) => code}
        rows={items}
        empty={
          <Empty title="No coupons here">
            {status ? "Choose another status above." : "Create one above. Each coupon is for one order."}
          </Empty>
        }
      />
      <Pager nextCursor={nextCursor} rows={rows} shown={items.length} />
    </PageContent>
  );
});

const discountOf = ({ percent, amount }: CouponView): string => (amount ? formatMoney(amount) : `${percent ?? 0} %`);

/** The conditions of a coupon. */
function Limits({ minimum, email, expiresAt }: CouponView) {
  if (!minimum && !email && !expiresAt) return "none";
  return (
    <ul>
      {minimum ? <li>from {formatMoney(minimum)}</li> : null}
      {email ? (
        <li>
          only <Breakable text={email} />
        </li>
      ) : null}
      {expiresAt ? (
        <li>
          until <Timestamp at={expiresAt} />
        </li>
      ) : null}
    </ul>
  );
}

function CouponStatus({ coupon: { orderId, deactivatedAt, expiresAt } }: { coupon: CouponView }) {
  if (orderId) return <Badge>Used</Badge>;
  if (deactivatedAt) return <Badge tone="bad">Deactivated</Badge>;
  if (expiresAt && new Date(expiresAt) <= now()) return <Badge tone="warn">Expired</Badge>;
  return <Badge tone="good">Usable</Badge>;
}
