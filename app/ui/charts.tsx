"use client";

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatMoney } from "@/lib/money";

interface Point {
  label: string;
  value: number;
}

interface Props {
  /** The accessible name. The values are also in a table below the chart. */
  title: string;
  points: Point[];
  /** The currency of amounts in minor units. */
  unit?: { currency: string };
}

function print(value: number, unit: Props["unit"]): string {
  return unit ? formatMoney({ amount: Math.round(value), currency: unit.currency }) : String(value);
}

/** Returns the label of an axis tick: whole amounts have no cents. */
const tick = (value: number, unit: Props["unit"]): string => print(value, unit).replace(/\.0+$/, "");

const axis = { fontSize: 12, stroke: "var(--muted)", tickLine: false } as const;
const tooltip = { background: "var(--paper)", border: "1px solid var(--line)", borderRadius: 8, color: "var(--ink)" };

/** A bar chart, and the same values as a table. */
export function BarsChart({ title, points, unit }: Props) {
  return (
    <figure>
      <div aria-hidden className="h-64">
        <ResponsiveContainer height="100%" width="100%">
          <BarChart accessibilityLayer={false} data={points} margin={{ left: 8, right: 8, top: 8 }}>
            <CartesianGrid stroke="var(--line)" vertical={false} />
            <XAxis dataKey="label" {...axis} />
            <YAxis
              allowDecimals={unit !== undefined}
              tickFormatter={(value: number) => tick(value, unit)}
              width={64}
              {...axis}
            />
            <Tooltip
              contentStyle={tooltip}
              cursor={{ fill: "var(--raised)" }}
              formatter={(value) => print(Number(value), unit)}
            />
            <Bar dataKey="value" fill="var(--accent)" isAnimationActive={false} name={title} radius={[6, 6, 0, 0]} />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <figcaption>
        <details className="text-muted text-sm">
          <summary>{title}: the figures</summary>
          <table className="mt-2">
            <tbody>
              {points.map(({ label, value }) => (
                <tr key={label}>
                  <th className="pr-4 text-left font-normal" scope="row">
                    {label}
                  </th>
                  <td className="tabular-nums">{print(value, unit)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figcaption>
    </figure>
  );
}
