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
  /** Whether the bars lie, each beside its label. For labels that are names. */
  sideways?: boolean;
}

function print(value: number, unit: Props["unit"]): string {
  return unit ? formatMoney({ amount: Math.round(value), currency: unit.currency }) : String(value);
}

/** Returns the label of an axis tick: whole amounts have no cents. */
const tick = (value: number, unit: Props["unit"]): string => print(value, unit).replace(/\.0+$/, "");

const axis = { fontSize: 12, stroke: "var(--muted)", tickLine: false } as const;
/** The characters of a name that fit beside its bar on a phone. */
const MAX_NAME = 18;
const shortName = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name);

/** The height of a bar that lies, with the space around it, in px. */
const BAR_HEIGHT = 32;

const tooltip = { background: "var(--paper)", border: "1px solid var(--line)", borderRadius: 8, color: "var(--ink)" };

/** A bar chart, and the same values as a table. */
export function BarsChart({ title, points, unit, sideways = false }: Props) {
  const values = {
    allowDecimals: unit !== undefined,
    tickFormatter: (value: number) => tick(value, unit),
    ...axis,
  };
  return (
    <figure>
      <div aria-hidden className="h-64" style={sideways ? { height: 40 + points.length * BAR_HEIGHT } : undefined}>
        <ResponsiveContainer height="100%" width="100%">
          <BarChart
            accessibilityLayer={false}
            data={points}
            layout={sideways ? "vertical" : "horizontal"}
            margin={{ left: 8, right: 8, top: 8 }}
          >
            <CartesianGrid horizontal={!sideways} stroke="var(--line)" vertical={sideways} />
            {sideways ? (
              <XAxis type="number" {...values} />
            ) : (
              <XAxis dataKey="label" interval="equidistantPreserveStart" {...axis} />
            )}
            {sideways ? (
              <YAxis dataKey="label" interval={0} tickFormatter={shortName} type="category" width={128} {...axis} />
            ) : (
              <YAxis width={64} {...values} />
            )}
            <Tooltip
              contentStyle={tooltip}
              cursor={{ fill: "var(--raised)" }}
              formatter={(value) => print(Number(value), unit)}
            />
            <Bar
              dataKey="value"
              fill="var(--accent)"
              isAnimationActive={false}
              name={title}
              radius={sideways ? [0, 6, 6, 0] : [6, 6, 0, 0]}
            />
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
