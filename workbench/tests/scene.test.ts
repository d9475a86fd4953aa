import { describe, expect, it } from "vitest";
import { crossOf, nearestToRay } from "../src/pages/plan/scene/meshes";
import type { Point } from "../src/viewer/geometry";

describe("the scene", () => {
  it("has a crosshair of three rods, as long in each direction, about zero", () => {
    const { vertices, faces } = crossOf(40, 0.3);
    for (const at of [0, 1, 2]) {
      const along = [...vertices].filter((_, place) => place % 3 === at);
      expect(Math.max(...along)).toBeCloseTo(40, 4);
      expect(Math.min(...along)).toBeCloseTo(-40, 4);
    }
    expect(Math.max(...faces)).toBe(vertices.length / 3 - 1);
  });
  it("a sight meets the seed that it passes nearest to, and none that is too far", () => {
    const seeds: Point[] = [[2, 0, 10], [0, 1, 50], [0, 0, 120]];
    const [from, to]: [Point, Point] = [[0, 0, 0], [0, 0, 100]];
    expect(nearestToRay(seeds, from, to, 2.5)).toEqual([0, 1, 50]); // the third lies 20 mm beyond the end
    expect(nearestToRay(seeds.slice(0, 1), from, to, 2.5)).toEqual([2, 0, 10]);
    expect(nearestToRay(seeds, from, to, 0.9)).toBeNull();
  });
});
