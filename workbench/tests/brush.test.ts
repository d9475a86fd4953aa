import { describe, expect, it } from "vitest";
import { emptyMask, maskOf, polygonsOf, type Polygon, stroke } from "../src/viewer/brush";
import type { Geometry } from "../src/viewer/geometry";

const geometry: Geometry = { origin_mm: [-30, -30, 0], spacing_mm: [1, 1, 2.5], shape: [5, 61, 61] };

function area(polygons: readonly Polygon[]): number {
  let whole = 0;
  for (const ring of polygons)
    ring.forEach(([x, y], at) => {
      const [u, v] = ring[(at + 1) % ring.length] as [number, number];
      whole += (x * v - u * y) / 2;
    });
  return Math.abs(whole);
}

describe("painting", () => {
  it("a dab has the area of its disc", () => {
    const mask = emptyMask(geometry);
    stroke(mask, [3, -4], [3, -4], 8, false);
    expect(area(polygonsOf(mask))).toBeGreaterThan(Math.PI * 64 * 0.97);
    expect(area(polygonsOf(mask))).toBeLessThan(Math.PI * 64 * 1.03);
  });
  it("a stroke has the area of a capsule", () => {
    const mask = emptyMask(geometry);
    stroke(mask, [-10, 0], [10, 0], 5, false);
    const capsule = Math.PI * 25 + 20 * 10;
    expect(Math.abs(area(polygonsOf(mask)) / capsule - 1)).toBeLessThan(0.04);
  });
  it("wiping the middle leaves a hole, wiping all leaves nothing", () => {
    const mask = emptyMask(geometry);
    stroke(mask, [0, 0], [0, 0], 12, false);
    stroke(mask, [0, 0], [0, 0], 5, true);
    const rings = polygonsOf(mask);
    expect(rings).toHaveLength(2);
    expect(Math.abs(area(rings) / (Math.PI * (144 - 25)) - 1)).toBeLessThan(0.04);
    stroke(mask, [0, 0], [0, 0], 20, true);
    expect(polygonsOf(mask)).toEqual([]);
  });
  it("polygons become pixels and polygons again, holes too", () => {
    const square = (half: number): Polygon => [[-half, -half], [half, -half], [half, half], [-half, half]];
    const again = polygonsOf(maskOf(geometry, [square(12), square(4)]));
    expect(again).toHaveLength(2);
    expect(Math.abs(area(again) / (24 ** 2 - 8 ** 2) - 1)).toBeLessThan(0.05);
  });
  it("at the edge of the image the contour stays inside", () => {
    const mask = emptyMask(geometry);
    stroke(mask, [-30, 0], [-30, 0], 6, false);
    for (const [x] of polygonsOf(mask).flat()) expect(x).toBeGreaterThanOrEqual(-30.5);
  });
});
