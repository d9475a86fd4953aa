/** A CT in memory, and slices of it as grey pixels. */

import { ApiError, type BinaryArray } from "../api";
import { type Axis, countOf, type Geometry, PLANES } from "./geometry";

/** Stored where a CT shows nothing of a place: it ends there, which is not air. */
export const NOTHING = -32768;

export interface Volume {
  geometry: Geometry;
  hu: Int16Array;
  /** The axial slice that is there while the others are on their way. */
  only?: number;
}

/** HU for a geometry; refused where they are of another shape: the CT has got images since the page was opened. */
export function fitting(array: BinaryArray<Int16Array>, geometry: Geometry): Int16Array {
  const [here, there] = [geometry.shape.join(" × "), array.shape.join(" × ")];
  if (here === there && array.values.length === array.shape[0] * array.shape[1] * array.shape[2]) return array.values;
  throw new ApiError(409, { came: `a CT of ${there} voxels where ${here} are shown`, expected: "the same voxels", do: "load the page again", code: "changed_elsewhere" });
}

/** Pixels of a slice: columns and rows as they lie on the screen. */
export interface SlicePixels {
  width: number;
  height: number;
  words: Uint32Array;
}

/** Columns and rows of a slice on the screen. */
export function sizeOf(geometry: Geometry, axis: Axis): { width: number; height: number } {
  const plane = PLANES[axis];
  return { width: geometry.shape[2 - plane.right] as number, height: geometry.shape[2 - plane.down] as number };
}

/**
 * Take a slice out of a volume. Rows of planes that show the head above run from the highest z downwards.
 *
 * @param table 65536 RGBA words, from `greyTable`
 */
export function takeSlice(volume: Volume, axis: Axis, index: number, table: Uint32Array): SlicePixels {
  const { geometry, hu } = volume;
  const [, ny, nx] = geometry.shape;
  if (index < 0 || index >= countOf(geometry, axis)) throw new RangeError(`no slice ${index} along ${axis}`);
  const steps: [number, number, number] = [1, nx, nx * ny];
  const plane = PLANES[axis];
  const { width, height } = sizeOf(geometry, axis);
  const across = steps[plane.right];
  const downwards = plane.up ? -steps[plane.down] : steps[plane.down];
  const first = index * steps[axis === "x" ? 0 : axis === "y" ? 1 : 2] + (plane.up ? (height - 1) * steps[plane.down] : 0);
  const words = new Uint32Array(width * height);
  for (let row = 0, at = 0; row < height; row++) {
    let from = first + row * downwards;
    for (let column = 0; column < width; column++, from += across) words[at++] = table[(hu[from] as number) + 32768] as number;
  }
  return { width, height, words };
}

/** HU at a place, of the voxel that holds it; null outside, and where the CT shows nothing. */
export function valueAt(volume: Volume, point: readonly [number, number, number]): number | null {
  const { geometry, hu } = volume;
  const [nz, ny, nx] = geometry.shape;
  const [i, j, k] = [0, 1, 2].map((at) =>
    Math.round((point[at as 0 | 1 | 2] - geometry.origin_mm[at as 0 | 1 | 2]) / geometry.spacing_mm[at as 0 | 1 | 2]),
  ) as [number, number, number];
  if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return null;
  const value = hu[(k * ny + j) * nx + i] as number;
  return value === NOTHING ? null : value;
}

/** Whether a slice, or most of it, has not come yet. */
export function isOnItsWay(volume: Volume, axis: Axis, index: number): boolean {
  return volume.only !== undefined && (axis !== "z" || index !== volume.only);
}
