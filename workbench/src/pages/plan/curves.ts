/** Dose-volume histograms at even steps of dose, for drawing. */

import type { DvhCurve } from "../../types/plans";

const POINTS = 241;

/** Volume at even steps of dose, for all curves alike. */
export function sampled(dvhs: readonly DvhCurve[], prescription_gy: number): (number | null)[][] {
  const most = prescription_gy * 3;
  const doses = Array.from({ length: POINTS }, (_, at) => (at * most) / (POINTS - 1));
  return [doses, ...dvhs.map((dvh) => doses.map((dose) => volumeAt(dvh, dose)))];
}

/** Percent of the volume that gets at least a dose; the doses of a curve fall. */
export function volumeAt(dvh: DvhCurve, dose_gy: number): number {
  const { dose_gy: doses, volume_pct } = dvh;
  if (dose_gy > (doses[0] as number)) return 0;
  let [low, high] = [0, doses.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((doses[middle] as number) >= dose_gy) low = middle;
    else high = middle - 1;
  }
  const next = Math.min(low + 1, doses.length - 1);
  const [one, two] = [doses[low] as number, doses[next] as number];
  const share = one === two ? 0 : (one - dose_gy) / (one - two);
  return (volume_pct[low] as number) + share * ((volume_pct[next] as number) - (volume_pct[low] as number));
}
