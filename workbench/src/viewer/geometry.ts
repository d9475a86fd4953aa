/**
 * Places in the patient and on the screen.
 *
 * Patient space is DICOM LPS in mm: x to the left, y to the back, z to the head. A volume lies along these axes
 * whatever way the patient lay, so that letters and directions follow from the axis alone.
 */

export type Axis = "x" | "y" | "z";
export type Point = [number, number, number];
export const AXES: readonly Axis[] = ["z", "y", "x"];

export interface Geometry {
  /** Centre of the first voxel, mm. */
  origin_mm: Point;
  /** Steps along x, y and z, mm. */
  spacing_mm: Point;
  /** Voxels along z, y and x. */
  shape: [number, number, number];
}

/** How a slice through an axis lies on the screen. */
export interface Plane {
  axis: Axis;
  /** Patient axes that run to the right and downwards, 0 for x. */
  right: 0 | 1;
  down: 1 | 2;
  /** Whether the patient axis grows upwards on the screen. */
  up: boolean;
  letters: { left: string; right: string; top: string; bottom: string };
}

export const PLANES: Record<Axis, Plane> = {
  z: { axis: "z", right: 0, down: 1, up: false, letters: { left: "R", right: "L", top: "A", bottom: "P" } },
  y: { axis: "y", right: 0, down: 2, up: true, letters: { left: "R", right: "L", top: "H", bottom: "F" } },
  x: { axis: "x", right: 1, down: 2, up: true, letters: { left: "A", right: "P", top: "H", bottom: "F" } },
};

const PLACE: Record<Axis, 0 | 1 | 2> = { x: 0, y: 1, z: 2 };

/** Place of an axis in a point. */
export function placeOf(axis: Axis): 0 | 1 | 2 {
  return PLACE[axis];
}

/** Voxels along an axis. */
export function countOf(geometry: Geometry, axis: Axis): number {
  return geometry.shape[2 - placeOf(axis)] as number;
}

/** Position of the centre of a slice, mm. */
export function positionOf(geometry: Geometry, axis: Axis, index: number): number {
  const at = placeOf(axis);
  return geometry.origin_mm[at] + index * geometry.spacing_mm[at];
}

/** The slice that holds a position, kept inside the volume. */
export function indexOf(geometry: Geometry, axis: Axis, position_mm: number): number {
  const at = placeOf(axis);
  const index = Math.round((position_mm - geometry.origin_mm[at]) / geometry.spacing_mm[at]);
  return Math.min(countOf(geometry, axis) - 1, Math.max(0, index));
}

/** Faces of the volume along an axis of the patient, mm: half a voxel beyond the centres. */
export function facesOf(geometry: Geometry, at: 0 | 1 | 2): [number, number] {
  const step = geometry.spacing_mm[at];
  const first = geometry.origin_mm[at] - step / 2;
  return [first, first + (geometry.shape[2 - at] as number) * step];
}

/** Middle of the volume, mm. */
export function middleOf(geometry: Geometry): Point {
  return [0, 1, 2].map((at) => {
    const [low, high] = facesOf(geometry, at as 0 | 1 | 2);
    return (low + high) / 2;
  }) as Point;
}

/** From mm in a plane to pixels of the screen and back. */
export interface Mapping {
  plane: Plane;
  /** Pixels a mm. */
  scale: number;
  /** Pixels at which mm (0, 0) of the plane would lie. */
  x0: number;
  y0: number;
}

/** A mapping that shows a place in the middle of the screen. */
export function mappingOf(plane: Plane, centre: Point, scale: number, width: number, height: number): Mapping {
  const sign = plane.up ? -1 : 1;
  return {
    plane,
    scale,
    x0: width / 2 - centre[plane.right] * scale,
    y0: height / 2 - sign * centre[plane.down] * scale,
  };
}

export function toScreen(mapping: Mapping, point: readonly [number, number, number]): [number, number] {
  const { plane, scale, x0, y0 } = mapping;
  const sign = plane.up ? -1 : 1;
  return [x0 + point[plane.right] * scale, y0 + sign * point[plane.down] * scale];
}

/** The place under a pixel, in the plane at a position. */
export function toPatient(mapping: Mapping, x: number, y: number, position_mm: number): Point {
  const { plane, scale, x0, y0 } = mapping;
  const sign = plane.up ? -1 : 1;
  const point: Point = [0, 0, 0];
  point[placeOf(plane.axis)] = position_mm;
  point[plane.right] = (x - x0) / scale;
  point[plane.down] = (sign * (y - y0)) / scale;
  return point;
}

/** The place on a segment that is nearest to a point. */
export function nearestOn(from: Point, to: Point, point: Point): Point {
  const along = to.map((value, at) => value - (from[at] as number));
  const square = along.reduce((sum, value) => sum + value * value, 0);
  const share = square ? along.reduce((sum, value, at) => sum + value * ((point[at] as number) - (from[at] as number)), 0) / square : 0;
  const kept = Math.min(1, Math.max(0, share));
  return from.map((value, at) => value + kept * (along[at] as number)) as Point;
}
