/** Between the planning CT and that after implantation: x -> R x + t, and back. */

import type { Motion } from "../../types/verifications";
import type { Point } from "../../viewer/geometry";

const STILL: Motion = { rotation: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], shift_mm: [0, 0, 0] };

/** Turn a direction as the patient was turned; without a motion both CTs share one frame. */
export function turned(motion: Motion | null, [x, y, z]: Point): Point {
  return (motion ?? STILL).rotation.map(([a, b, c]) => a * x + b * y + c * z) as Point;
}

export function turnedBack(motion: Motion | null, direction: Point): Point {
  const { rotation } = motion ?? STILL;
  return [0, 1, 2].map((at) => rotation.reduce((sum, row, i) => sum + (row[at] as number) * (direction[i] as number), 0)) as Point;
}

/** Where a place of the planning CT lies on the CT after implantation. */
export function toPost(motion: Motion | null, place: Point): Point {
  const { shift_mm } = motion ?? STILL;
  return turned(motion, place).map((value, at) => value + (shift_mm[at] as number)) as Point;
}

export function toPlanning(motion: Motion | null, place: Point): Point {
  const { shift_mm } = motion ?? STILL;
  return turnedBack(motion, place.map((value, at) => value - (shift_mm[at] as number)) as Point);
}
