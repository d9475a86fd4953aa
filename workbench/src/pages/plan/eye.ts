/** Planes along and across a needle, and what lies in them. */

import type { ObliqueAsked } from "../../types/plans";
import { type DrawnStructure, planeStep } from "../../viewer/cuts";
import type { Point } from "../../viewer/geometry";
import { isolines } from "../../viewer/isolines";
import { isInside, placeAlong, unit } from "./needles";

export type Look = "across" | "along";
/** Around the needle, mm. */
const REACH_MM = 40;
const BEYOND_MM = 15;
const STEP_MM = 0.5;

export function cross([a, b, c]: Point, [x, y, z]: Point): Point {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

export function dot(one: Point, two: Point): number {
  return one[0] * two[0] + one[1] * two[1] + one[2] * two[2];
}

/**
 * Two directions across a needle. The second is as near to the back of the patient as it can be, or to the feet where the
 * needle runs from front to back; the first completes it, so that looking from the entry nothing is mirrored.
 */
export function acrossOf(direction: Point): [Point, Point] {
  const back: Point = Math.abs(direction[1]) < 0.9 ? [0, 1, 0] : [0, 0, -1];
  const part = dot(back, direction);
  const rest = back.map((value, at) => value - part * (direction[at] as number)) as Point;
  const down = unit([0, 0, 0], rest);
  return [cross(down, direction), down];
}

/** A plane across a needle at a depth, seen from its entry, or one that holds it, its entry above. */
export function planeOf(entry: Point, tip: Point, depth_mm: number, look: Look, step_mm: number = STEP_MM): ObliqueAsked {
  const direction = unit(entry, tip);
  const [right, down] = acrossOf(direction);
  if (look === "across") {
    const middle = placeAlong(entry, tip, depth_mm);
    const count = Math.round((2 * REACH_MM) / step_mm) + 1;
    return { origin_mm: moved(middle, right, -REACH_MM, down, -REACH_MM), u: right, v: down, shape: [count, count], spacing_mm: step_mm };
  }
  const length = Math.hypot(...tip.map((value, at) => value - (entry[at] as number)));
  const rows = Math.round((length + 2 * BEYOND_MM) / step_mm) + 1;
  const columns = Math.round((2 * REACH_MM) / step_mm) + 1;
  const left = right.map((value) => -value) as Point; // so that one looks towards the back, as in a coronal picture
  return { origin_mm: moved(entry, left, -REACH_MM, direction, -BEYOND_MM), u: left, v: direction, shape: [rows, columns], spacing_mm: step_mm };
}

function moved(from: Point, one: Point, by: number, two: Point, and: number): Point {
  return from.map((value, at) => value + by * (one[at] as number) + and * (two[at] as number)) as Point;
}

/** Where a place lies in a plane, mm along u and v from its origin, and how far off. */
export function inPlane(plane: ObliqueAsked, place: Point): [number, number, number] {
  const from = place.map((value, at) => value - (plane.origin_mm[at] as number)) as Point;
  return [dot(from, plane.u), dot(from, plane.v), dot(from, cross(plane.u, plane.v))];
}

/** A place in a plane, mm along u and v from its origin. */
export function fromPlane(plane: ObliqueAsked, right: number, down: number): Point {
  return moved(plane.origin_mm, plane.u, right, plane.v, down);
}

/** Outlines of a structure in a plane of any direction, mm in the plane; good to a millimetre. */
export function outlinesIn(structure: DrawnStructure, plane: ObliqueAsked, sliceStep_mm: number): [number, number][][] {
  const spacing = 1;
  const rows = Math.floor(((plane.shape[0] - 1) * plane.spacing_mm) / spacing) + 1;
  const columns = Math.floor(((plane.shape[1] - 1) * plane.spacing_mm) / spacing) + 1;
  const step = planeStep(structure, sliceStep_mm);
  const dose_gy = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      dose_gy[at] = isInside(structure, fromPlane(plane, column * spacing, row * spacing), step) ? 1 : 0;
  const share = { origin_mm: [0, 0] as [number, number], spacing_mm: spacing, columns, rows, dose_gy };
  return isolines(share, [0.5])[0]?.lines ?? [];
}

/** Letters of the patient's side to which a direction points most. */
export function letterOf([x, y, z]: Point): string {
  const size = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
  if (Math.abs(x) === size) return x > 0 ? "L" : "R";
  if (Math.abs(y) === size) return y > 0 ? "P" : "A";
  return z > 0 ? "H" : "F";
}
