/** Triangles of the three-dimensional view: read from the server, or made for seeds and needles. */

import { nearestOn, type Point } from "../../../viewer/geometry";
import { cross, dot } from "../eye";
import { unit } from "../needles";

export interface Mesh {
  vertices: Float32Array;
  faces: Uint32Array;
}

/** Vertices and faces behind the head of an answer. */
export function meshOf(head: { vertices: number; faces: number }, values: Float32Array): Mesh {
  const vertices = values.subarray(0, 3 * head.vertices);
  return { vertices, faces: new Uint32Array(values.buffer, values.byteOffset + vertices.byteLength, 3 * head.faces) };
}

const SIDES = 12;
/** Rings of a capsule: how far along its round ends, and how wide, in parts of the radius. */
const END = [
  [1, 0.02],
  [0.87, 0.5],
  [0.5, 0.87],
  [0, 1],
] as const;

/** A capsule between two places, which are the outermost points of its round ends. */
export function capsule(from: Point, to: Point, radius_mm: number): Mesh {
  const along = unit(from, to);
  const helper: Point = Math.abs(along[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const right = unit([0, 0, 0], cross(along, helper));
  const up = cross(along, right);
  const rings: [number, Point, number][] = [
    ...END.map(([shift, width]): [number, Point, number] => [radius_mm * (1 - shift), from, width]),
    ...[...END].reverse().map(([shift, width]): [number, Point, number] => [radius_mm * (shift - 1), to, width]),
  ];
  const vertices = new Float32Array(rings.length * SIDES * 3);
  rings.forEach(([shift, end, width], ring) => {
    for (let side = 0; side < SIDES; side++) {
      const angle = (2 * Math.PI * side) / SIDES;
      const [c, s] = [radius_mm * width * Math.cos(angle), radius_mm * width * Math.sin(angle)];
      for (let at = 0; at < 3; at++)
        vertices[(ring * SIDES + side) * 3 + at] =
          (end[at] as number) + shift * (along[at] as number) + c * (right[at] as number) + s * (up[at] as number);
    }
  });
  const faces: number[] = [];
  for (let ring = 0; ring + 1 < rings.length; ring++)
    for (let side = 0; side < SIDES; side++) {
      const [a, b] = [ring * SIDES + side, ring * SIDES + ((side + 1) % SIDES)];
      faces.push(a, b, b + SIDES, a, b + SIDES, a + SIDES);
    }
  return { vertices, faces: Uint32Array.from(faces) };
}

/** Three thin rods along the axes of the patient, that cross at zero. */
export function crossOf(reach_mm: number, radius_mm: number): Mesh {
  const rods = [0, 1, 2].map((at) => {
    const end = (by: number): Point => [0, 1, 2].map((each) => (each === at ? by : 0)) as Point;
    return capsule(end(-reach_mm), end(reach_mm), radius_mm);
  });
  return joined(rods);
}

/** The place that a ray of sight passes nearest to, if it is near enough. */
export function nearestToRay(places: readonly Point[], from: Point, to: Point, within_mm: number): Point | null {
  let [best, least]: [Point | null, number] = [null, within_mm];
  for (const place of places) {
    const on = nearestOn(from, to, place);
    const apart = Math.hypot(on[0] - place[0], on[1] - place[1], on[2] - place[2]);
    if (apart <= least) [best, least] = [place, apart];
  }
  return best;
}

/** Several meshes as one. */
export function joined(meshes: readonly Mesh[]): Mesh {
  const vertices = new Float32Array(meshes.reduce((sum, mesh) => sum + mesh.vertices.length, 0));
  const faces = new Uint32Array(meshes.reduce((sum, mesh) => sum + mesh.faces.length, 0));
  let [vertex, face] = [0, 0];
  for (const mesh of meshes) {
    vertices.set(mesh.vertices, vertex);
    mesh.faces.forEach((value, at) => (faces[face + at] = value + vertex / 3));
    vertex += mesh.vertices.length;
    face += mesh.faces.length;
  }
  return { vertices, faces };
}

/** Directions of the surface at its vertices: the mean of the triangles about them, weighted by their size. */
export function normalsOf({ vertices, faces }: Mesh): Float32Array {
  const normals = new Float32Array(vertices.length);
  const place = (at: number): Point => [vertices[3 * at] as number, vertices[3 * at + 1] as number, vertices[3 * at + 2] as number];
  for (let face = 0; face < faces.length; face += 3) {
    const corners = [faces[face] as number, faces[face + 1] as number, faces[face + 2] as number];
    const [a, b, c] = corners.map(place) as [Point, Point, Point];
    const edge = (to: Point): Point => [to[0] - a[0], to[1] - a[1], to[2] - a[2]];
    const across = cross(edge(b), edge(c));
    for (const corner of corners) for (let at = 0; at < 3; at++) normals[3 * corner + at] = (normals[3 * corner + at] as number) + (across[at] as number);
  }
  for (let at = 0; at < normals.length; at += 3) {
    const one = [normals[at], normals[at + 1], normals[at + 2]] as Point;
    const length = Math.sqrt(dot(one, one)) || 1;
    for (let each = 0; each < 3; each++) normals[at + each] = (normals[at + each] as number) / length;
  }
  return normals;
}
