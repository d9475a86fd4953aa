/** Painting a contour: polygons of a plane become pixels, a disc adds or takes, and pixels become polygons. */

import { contours } from "d3-contour";
import { crossingsOf } from "./cuts";
import type { Geometry } from "./geometry";

export type Polygon = [number, number][];

/** Pixels of one axial plane, half as wide as those of the CT; 1 inside. */
export interface Mask {
  columns: number;
  rows: number;
  /** Centre of the first pixel, mm. */
  origin_mm: [number, number];
  spacing_mm: [number, number];
  inside: Uint8Array;
}

const FINER = 2;

export function emptyMask(geometry: Geometry): Mask {
  const [, ny, nx] = geometry.shape;
  const [sx, sy] = [geometry.spacing_mm[0] / FINER, geometry.spacing_mm[1] / FINER];
  return {
    columns: nx * FINER,
    rows: ny * FINER,
    origin_mm: [geometry.origin_mm[0] - sx / 2, geometry.origin_mm[1] - sy / 2],
    spacing_mm: [sx, sy],
    inside: new Uint8Array(nx * ny * FINER * FINER),
  };
}

/** Fill polygons by the even-odd rule; a pixel counts where its centre lies inside. */
export function maskOf(geometry: Geometry, polygons: readonly Polygon[]): Mask {
  const mask = emptyMask(geometry);
  for (let row = 0; row < mask.rows; row++) {
    const y = mask.origin_mm[1] + row * mask.spacing_mm[1];
    const crossings = crossingsOf(polygons, 1, y);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = Math.max(0, Math.ceil(((crossings[at] as number) - mask.origin_mm[0]) / mask.spacing_mm[0]));
      const to = Math.min(mask.columns - 1, Math.floor(((crossings[at + 1] as number) - mask.origin_mm[0]) / mask.spacing_mm[0]));
      if (from <= to) mask.inside.fill(1, row * mask.columns + from, row * mask.columns + to + 1);
    }
  }
  return mask;
}

/** Paint or wipe a stroke of discs between two places, mm. */
export function stroke(mask: Mask, from: readonly [number, number], to: readonly [number, number], radius_mm: number, wipe: boolean): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const steps = Math.max(1, Math.ceil(length / (radius_mm / 3)));
  for (let step = 0; step <= steps; step++) {
    const share = step / steps;
    disc(mask, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])], radius_mm, wipe);
  }
}

function disc(mask: Mask, [x, y]: [number, number], radius_mm: number, wipe: boolean): void {
  const [sx, sy] = mask.spacing_mm;
  const value = wipe ? 0 : 1;
  const first = Math.max(0, Math.ceil((y - radius_mm - mask.origin_mm[1]) / sy));
  const last = Math.min(mask.rows - 1, Math.floor((y + radius_mm - mask.origin_mm[1]) / sy));
  for (let row = first; row <= last; row++) {
    const dy = mask.origin_mm[1] + row * sy - y;
    const half = Math.sqrt(radius_mm * radius_mm - dy * dy);
    const from = Math.max(0, Math.ceil((x - half - mask.origin_mm[0]) / sx));
    const to = Math.min(mask.columns - 1, Math.floor((x + half - mask.origin_mm[0]) / sx));
    if (from <= to) mask.inside.fill(value, row * mask.columns + from, row * mask.columns + to + 1);
  }
}

/** Outlines of the pixels, in mm; holes are rings of their own. */
export function polygonsOf(mask: Mask): Polygon[] {
  const box = boxOf(mask);
  if (!box) return [];
  const [left, top, right, bottom] = box;
  const [columns, rows] = [right - left + 3, bottom - top + 3];
  const values = new Array<number>(columns * rows).fill(0);
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++)
      values[(row - top + 1) * columns + column - left + 1] = mask.inside[row * mask.columns + column] as number;
  const found = contours().size([columns, rows]).contour(values, 0.5);
  return found.coordinates.flat().map((ring) =>
    ring.slice(0, -1).map((place): [number, number] => [
      round(mask.origin_mm[0] + ((place[0] as number) - 1.5 + left) * mask.spacing_mm[0]),
      round(mask.origin_mm[1] + ((place[1] as number) - 1.5 + top) * mask.spacing_mm[1]),
    ]),
  ).filter((ring) => ring.length > 2);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function boxOf(mask: Mask): [number, number, number, number] | null {
  let [left, top, right, bottom] = [mask.columns, mask.rows, -1, -1];
  for (let row = 0; row < mask.rows; row++) {
    const from = mask.inside.indexOf(1, row * mask.columns);
    if (from < 0) break;
    if (from >= (row + 1) * mask.columns) continue;
    const to = mask.inside.lastIndexOf(1, (row + 1) * mask.columns - 1);
    top = Math.min(top, row);
    bottom = row;
    left = Math.min(left, from - row * mask.columns);
    right = Math.max(right, to - row * mask.columns);
  }
  return right < 0 ? null : [left, top, right, bottom];
}
