/** Needles under the hand: moved by a handle, laid between two places, their seeds counted from the skin. */

import type { PlanNeedle, PlanSeed } from "../../types/plans";
import { type DrawnStructure, planeStep, polygonsAt } from "../../viewer/cuts";
import type { NeedleGrip } from "../../viewer/drawing";
import type { Point } from "../../viewer/geometry";

export function lengthOf(needle: Pick<PlanNeedle, "entry_mm" | "tip_mm">): number {
  return apart(needle.entry_mm, needle.tip_mm);
}

function apart(one: Point, two: Point): number {
  return Math.hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]);
}

/** How deep the centre of a seed lies, mm from the entry along the needle. */
export function depthOf(needle: Pick<PlanNeedle, "entry_mm" | "tip_mm">, seed: Pick<PlanSeed, "position_mm">): number {
  const along = unit(needle.entry_mm, needle.tip_mm);
  return along.reduce((sum, value, at) => sum + value * ((seed.position_mm[at] as number) - (needle.entry_mm[at] as number)), 0);
}

/** Unit vector from one place to another. */
export function unit(from: Point, to: Point): Point {
  const length = apart(from, to);
  if (!(length > 0)) throw new RangeError("two places that are one");
  return to.map((value, at) => (value - (from[at] as number)) / length) as Point;
}

/** A place so many mm from one towards another. */
export function placeAlong(from: Point, to: Point, depth_mm: number): Point {
  const along = unit(from, to);
  return from.map((value, at) => value + depth_mm * (along[at] as number)) as Point;
}

/** Entry and tip after a handle was moved to a place; the middle moves both. */
export function movedBy(needle: PlanNeedle, grip: NeedleGrip, place: Point): { entry_mm: Point; tip_mm: Point } {
  if (grip === "entry") return { entry_mm: place, tip_mm: needle.tip_mm };
  if (grip === "tip") return { entry_mm: needle.entry_mm, tip_mm: place };
  const shift = place.map((value, at) => value - ((needle.entry_mm[at] as number) + (needle.tip_mm[at] as number)) / 2);
  const moved = (end: Point): Point => end.map((value, at) => value + (shift[at] as number)) as Point;
  return { entry_mm: moved(needle.entry_mm), tip_mm: moved(needle.tip_mm) };
}

/** Whether a place lies in a structure: in the plane nearest to it, by the even-odd rule. */
export function isInside(structure: DrawnStructure, [x, y, z]: Point, step_mm: number): boolean {
  let inside = false;
  for (const polygon of polygonsAt(structure, z, step_mm))
    for (let at = 0; at < polygon.length; at++) {
      const [x1, y1] = polygon[at] as [number, number];
      const [x2, y2] = polygon[(at + 1) % polygon.length] as [number, number];
      if (y1 <= y !== y2 <= y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    }
  return inside;
}

/**
 * Depths of the seeds of a new needle, mm from its entry: the first so far from the tip, then evenly towards the entry, those
 * that lie in the target.
 */
export function depthsIn(target: DrawnStructure, entry: Point, tip: Point, fromTip_mm: number, spacing_mm: number): number[] {
  const length = apart(entry, tip);
  const step = planeStep(target, spacing_mm);
  const depths: number[] = [];
  for (let depth = length - fromTip_mm; depth >= 0 && spacing_mm > 0; depth -= spacing_mm)
    if (isInside(target, placeAlong(entry, tip, depth), step)) depths.unshift(depth);
  return depths;
}
