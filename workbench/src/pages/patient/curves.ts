/** Points over time as uPlot wants them: one column of seconds, one of values for each curve. */

import { firstDay } from "./timelineLayout";

export interface CurvePoint {
  on: string;
  y: number | null;
  /** Drawn beside the point, such as PR. */
  text?: string;
  /** A value below or above what can be measured, or one that cannot be compared. */
  sign?: "below" | "above" | "apart";
  /** Told under the curve at this point. */
  told?: string;
}

export interface CurveLine {
  label: string;
  points: readonly CurvePoint[];
}

const SECONDS = 86_400;

export function secondsOf(iso: string): number {
  return firstDay(iso) * SECONDS;
}

/** Put curves of different days under one column of days; where a curve has no point stands null. */
export function aligned(lines: readonly CurveLine[]): [number[], ...(number | null)[][]] {
  const days = [...new Set(lines.flatMap((line) => line.points.map((point) => secondsOf(point.on))))].sort((a, b) => a - b);
  const columns = lines.map((line) => {
    const of = new Map(line.points.map((point) => [secondsOf(point.on), point.y]));
    return days.map((day) => of.get(day) ?? null);
  });
  return [days, ...columns];
}

/** The ends of a logarithmic axis: whole powers of ten about all values above zero. */
export function decades(values: readonly (number | null)[]): [number, number] {
  const above = values.filter((value): value is number => value !== null && value > 0);
  if (!above.length) return [0.01, 1];
  const low = 10 ** Math.floor(Math.log10(Math.min(...above)) + 1e-9);
  const high = 10 ** Math.ceil(Math.log10(Math.max(...above)) - 1e-9);
  return [low, high > low ? high : low * 10];
}

/** A linear axis from zero with room above for the letters. */
export function fromZero(values: readonly (number | null)[], atLeast = 1): [number, number] {
  return [0, Math.max(atLeast, ...values.map((value) => value ?? 0)) * 1.15];
}
