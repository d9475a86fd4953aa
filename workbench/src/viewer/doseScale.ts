/** What isodose lines and the wash stand for, and the dose at a place. */

import { ISODOSES } from "./drawing";
import { type Axis, placeOf, PLANES, type Point } from "./geometry";
import type { DosePlane } from "./isolines";

/** Dose of a percentage of the prescription, Gy. */
export function gyOf(pct: number, prescription_gy: number): number {
  return (pct / 100) * prescription_gy;
}

/** Gy without decimals where there are none: 96, 72.5. */
export function gyText(gy: number): string {
  return String(Math.round(gy * 10) / 10);
}

/** Beyond this a place lies at a seed, where values 1 mm apart give no dose; local rule. */
const MOST_PCT = 1000;

/** A dose that was read between values, as rough as it is: ≈ 302 Gy (252 %). */
export function readText(gy: number, prescription_gy: number): string {
  const most = gyOf(MOST_PCT, prescription_gy);
  if (gy > most) return `> ${gyText(most)} Gy (> ${MOST_PCT} %)`;
  return `≈ ${gy.toFixed(gy < 100 ? 1 : 0)} Gy (${Math.round((100 * gy) / prescription_gy)} %)`;
}

export interface LegendRow {
  colour: string;
  pct: string;
  gy: string;
}

/** Lines or steps of colour, the highest first; a step of the wash reaches to the next level. */
export function legendRows(kind: "lines" | "wash", prescription_gy: number): LegendRow[] {
  const rows = ISODOSES.map(({ pct, colour }, at): LegendRow => {
    const gy = gyText(gyOf(pct, prescription_gy));
    if (kind === "lines") return { colour, pct: `${pct}`, gy };
    const next = ISODOSES[at + 1];
    if (!next) return { colour, pct: `≥ ${pct}`, gy: `≥ ${gy}` };
    return { colour, pct: `${pct}–${next.pct}`, gy: `${gy}–${gyText(gyOf(next.pct, prescription_gy))}` };
  });
  return rows.reverse();
}

/** A dose of another slice than the one that is shown is not read. */
const SAME_MM = 0.01;

/**
 * Dose at a place, Gy, between the four values around it.
 *
 * Null outside of the values, where one of the four is none, and while the plane is that of another slice.
 */
export function doseAt(plane: DosePlane, axis: Axis, point: Point): number | null {
  if (Math.abs(plane.position_mm - point[placeOf(axis)]) > SAME_MM) return null;
  const { right, down } = PLANES[axis];
  const column = (point[right] - plane.origin_mm[0]) / plane.spacing_mm;
  const row = (point[down] - plane.origin_mm[1]) / plane.spacing_mm;
  if (!(column >= 0 && row >= 0 && column <= plane.columns - 1 && row <= plane.rows - 1)) return null;
  const [left, top] = [Math.min(Math.floor(column), Math.max(0, plane.columns - 2)), Math.min(Math.floor(row), Math.max(0, plane.rows - 2))];
  const [across, along] = [column - left, row - top];
  let sum = 0;
  for (const [i, j, weight] of [
    [0, 0, (1 - across) * (1 - along)],
    [1, 0, across * (1 - along)],
    [0, 1, (1 - across) * along],
    [1, 1, across * along],
  ] as const) {
    if (weight) sum += weight * (plane.dose_gy[(top + j) * plane.columns + left + i] as number);
  }
  return Number.isFinite(sum) ? sum : null;
}
