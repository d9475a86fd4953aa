/** Isodose lines of a plane of dose, in mm of that plane. */

import { contours } from "d3-contour";

/** Values in a plane: (column, row) lies at origin + column * spacing * right + row * spacing * down. */
export interface ValuePlane {
  /** Place of the first value along the two axes of the screen's plane, mm. */
  origin_mm: [number, number];
  spacing_mm: number;
  columns: number;
  rows: number;
  dose_gy: Float32Array;
}

/** A plane of dose across an axis of the patient. */
export interface DosePlane extends ValuePlane {
  /** Where the plane lies along that axis, mm. */
  position_mm: number;
}

export interface Isoline {
  level_gy: number;
  /** Lines of places in mm; a line that leaves the plane ends at its edge. */
  lines: [number, number][][];
}

/** Draw lines of equal dose; a level that the plane does not reach gives no line. */
export function isolines(plane: ValuePlane, levels_gy: readonly number[]): Isoline[] {
  const make = contours().size([plane.columns, plane.rows]).smooth(true);
  const values = Array.from(plane.dose_gy);
  return levels_gy.map((level_gy) => ({
    level_gy,
    lines: make
      .contour(values, level_gy)
      .coordinates.flat()
      .flatMap((ring) => insideLines(ring as [number, number][], plane))
      .map((line) => line.map((place) => toMm(plane, place))),
  }));
}

/** Leave out what runs along the edge of the plane: there the plane ends, not the dose. */
function insideLines(ring: [number, number][], plane: ValuePlane): [number, number][][] {
  const onEdge = ([x, y]: [number, number]): boolean => x <= 0 || y <= 0 || x >= plane.columns || y >= plane.rows;
  const lines: [number, number][][] = [];
  let line: [number, number][] = [];
  for (let at = 0; at + 1 < ring.length; at++) {
    const [one, two] = [ring[at] as [number, number], ring[at + 1] as [number, number]];
    if (onEdge(one) && onEdge(two)) {
      if (line.length > 1) lines.push(line);
      line = [];
    } else {
      if (!line.length) line.push(one);
      line.push(two);
    }
  }
  if (line.length > 1) lines.push(line);
  return lines;
}

/** The library puts the centre of the first cell at a half. */
function toMm(plane: ValuePlane, place: [number, number]): [number, number] {
  return [
    plane.origin_mm[0] + (place[0] - 0.5) * plane.spacing_mm,
    plane.origin_mm[1] + (place[1] - 0.5) * plane.spacing_mm,
  ];
}
