/** Where structures, drawn as polygons in axial planes, are cut by the planes of the screen. */

import type { Axis } from "./geometry";

export interface StructurePlane {
  z_mm: number;
  polygons: [number, number][][];
}

export interface DrawnStructure {
  name: string;
  role: "target" | "organ" | "outline" | "other";
  colour: string;
  version: number;
  planes: StructurePlane[];
  /** What a plane stands for along z, as it was kept; of one not yet kept it is a slice of the CT. */
  plane_distance_mm?: number;
  /** Dashed: as it lies on another CT. */
  dashed?: boolean;
}

/** Planes further apart than so many plane distances are not joined, by the server's rule (seedbed.geometry.contours). */
const SEPARATE_PARTS = 2.5;

/** What a plane stands for along z, mm. Slices that are not drawn and too many to be joined over are not shown as part of it. */
export function planeStep(structure: DrawnStructure, sliceStep_mm: number): number {
  const usual = structure.plane_distance_mm ?? sliceStep_mm;
  const least = Math.min(...gapsOf(structure));
  return least <= SEPARATE_PARTS * usual ? least : usual;
}

function gapsOf(structure: DrawnStructure): number[] {
  const z = structure.planes.map((plane) => plane.z_mm).sort((one, two) => one - two);
  return z.slice(1).map((value, at) => value - (z[at] as number)).filter((step) => step > 1e-6);
}

/** How many slices lack between drawn ones that are too far apart to be joined. */
export function slicesLacking(structure: DrawnStructure, sliceStep_mm: number): number {
  const usual = structure.plane_distance_mm ?? sliceStep_mm;
  const wide = gapsOf(structure).filter((gap) => gap > SEPARATE_PARTS * usual);
  return wide.reduce((sum, gap) => sum + Math.round(gap / sliceStep_mm) - 1, 0);
}

/** Polygons in the axial plane nearest to a position, no further than half a step. */
export function polygonsAt(structure: DrawnStructure, z_mm: number, step_mm: number): [number, number][][] {
  const near = structure.planes.filter((plane) => Math.abs(plane.z_mm - z_mm) <= step_mm / 2 + 1e-6);
  const nearest = Math.min(...near.map((plane) => Math.abs(plane.z_mm - z_mm)));
  return near.filter((plane) => Math.abs(plane.z_mm - z_mm) === nearest).flatMap((plane) => plane.polygons);
}

export interface Run {
  z_mm: number;
  from_mm: number;
  to_mm: number;
}

/** Where polygons cross a line at x (across 0) or y (across 1), along the other axis, in order. */
export function crossingsOf(polygons: readonly [number, number][][], across: 0 | 1, position_mm: number): number[] {
  const along = across === 0 ? 1 : 0;
  const found: number[] = [];
  for (const polygon of polygons)
    for (let at = 0; at < polygon.length; at++) {
      const one = polygon[at] as [number, number];
      const two = polygon[(at + 1) % polygon.length] as [number, number];
      if (one[across] <= position_mm === two[across] <= position_mm) continue;
      const share = (position_mm - one[across]) / (two[across] - one[across]);
      found.push(one[along] + share * (two[along] - one[along]));
    }
  return found.sort((one, two) => one - two);
}

/**
 * Stretches of a line at x or y that lie inside a structure, plane by plane. Several polygons in a plane count by the even-odd
 * rule, so that a hole stays a hole.
 */
export function runsAt(structure: DrawnStructure, axis: Exclude<Axis, "z">, position_mm: number): Run[] {
  const across = axis === "x" ? 0 : 1;
  const runs: Run[] = [];
  for (const plane of structure.planes) {
    const crossings = crossingsOf(plane.polygons, across, position_mm);
    for (let at = 0; at + 1 < crossings.length; at += 2)
      runs.push({ z_mm: plane.z_mm, from_mm: crossings[at] as number, to_mm: crossings[at + 1] as number });
  }
  return runs;
}

/** A line of an outline that runs across the planes: along x or y at a height, mm. */
export interface Edge {
  z_mm: number;
  from_mm: number;
  to_mm: number;
}

/**
 * Upper and lower edges of a structure that is cut along x or y: where one plane has it and the next has not. A plane reaches
 * half a step up and down; planes further apart than a step and a half are not joined.
 */
export function edgesOf(runs: readonly Run[], step_mm: number): Edge[] {
  const heights = [...new Set(runs.map((run) => run.z_mm))].sort((one, two) => one - two);
  const at = (z: number): Run[] => runs.filter((run) => run.z_mm === z);
  const edges: Edge[] = [];
  heights.forEach((z, place) => {
    const below = heights[place - 1];
    const above = heights[place + 1];
    const near = (other: number | undefined): Run[] => (other !== undefined && Math.abs(other - z) < 1.5 * step_mm ? at(other) : []);
    for (const [a, b] of only(at(z), near(below))) edges.push({ z_mm: z - step_mm / 2, from_mm: a, to_mm: b });
    for (const [a, b] of only(at(z), near(above))) edges.push({ z_mm: z + step_mm / 2, from_mm: a, to_mm: b });
  });
  return edges;
}

/** Stretches of some runs that no other run covers. */
function only(runs: readonly Run[], others: readonly Run[]): [number, number][] {
  let parts = runs.map((run): [number, number] => [run.from_mm, run.to_mm]);
  for (const other of others)
    parts = parts.flatMap(([from, to]): [number, number][] => {
      const pieces: [number, number][] = [
        [from, Math.min(to, other.from_mm)],
        [Math.max(from, other.to_mm), to],
      ];
      return pieces.filter(([a, b]) => b > a);
    });
  return parts;
}
