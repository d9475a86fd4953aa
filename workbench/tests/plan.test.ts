import { describe, expect, it } from "vitest";
import { changed } from "../src/pages/plan/changes";
import { acrossOf, cross, dot, fromPlane, inPlane, letterOf, outlinesIn, planeOf } from "../src/pages/plan/eye";
import { decimalsOf } from "../src/pages/plan/Goals";
import { depthOf, depthsIn, isInside, lengthOf, movedBy } from "../src/pages/plan/needles";
import { activitiesOf, commaIsUnclear, common, letterOfStrength, placeInStock, strengthText } from "../src/pages/plan/strengths";
import { canLay, newNeedle } from "../src/pages/plan/Tools";
import { capsule, joined, meshOf, normalsOf } from "../src/pages/plan/scene/meshes";
import type { PlanNeedle, PlanState } from "../src/types/plans";
import type { DrawnStructure } from "../src/viewer/cuts";
import { gripPlace, handleUnder } from "../src/viewer/drawing";
import { mappingOf, PLANES, type Point, toScreen } from "../src/viewer/geometry";

const needle: PlanNeedle = { index: 0, name: "N1", entry_mm: [0, 0, 50], tip_mm: [30, 0, 10], seeds: [0] };
const square: [number, number][] = [[-10, -10], [10, -10], [10, 10], [-10, 10]];
const box: DrawnStructure = {
  name: "box", role: "target", colour: "#ff0000", version: 1,
  planes: [0, 5, 10, 15].map((z_mm) => ({ z_mm, polygons: [square] })),
};

describe("needles", () => {
  it("a needle of 3, 4, 5 is 50 mm long, and a seed 10 mm from its tip lies 40 mm deep", () => {
    expect(lengthOf(needle)).toBeCloseTo(50);
    expect(depthOf(needle, { position_mm: [24, 0, 18] })).toBeCloseTo(40);
  });
  it("an end moves alone, the middle moves both and keeps the length", () => {
    expect(movedBy(needle, "tip", [1, 2, 3])).toEqual({ entry_mm: [0, 0, 50], tip_mm: [1, 2, 3] });
    const shifted = movedBy(needle, "middle", [15, 7, 30]);
    expect(shifted).toEqual({ entry_mm: [0, 7, 50], tip_mm: [30, 7, 10] });
    expect(lengthOf(shifted)).toBeCloseTo(lengthOf(needle));
  });
  it("seeds of a new needle lie in the target at even distances from the tip", () => {
    // straight down into a box from -2.5 to 17.5 mm: places at z = 3, 11 are inside, 19 and above are not
    expect(depthsIn(box, [0, 0, 60], [0, 0, -2], 5, 8)).toEqual([49, 57]);
    expect(depthsIn(box, [50, 0, 60], [50, 0, -2], 5, 8)).toEqual([]);
  });
  it("a hole is outside", () => {
    const tube = { ...box, planes: [{ z_mm: 0, polygons: [square, square.map(([x, y]): [number, number] => [x / 2, y / 2])] }] };
    expect([isInside(tube, [7, 0, 0], 5), isInside(tube, [0, 0, 0], 5), isInside(tube, [7, 0, 9], 5)]).toEqual([true, false, false]);
  });
  it.each(["x", "y", "z"] as const)("a handle is found where it is drawn, %s", (axis) => {
    const map = mappingOf(PLANES[axis], [3, -7, 11], 2.5, 300, 200);
    for (const grip of ["entry", "tip"] as const) {
      const [x, y] = toScreen(map, gripPlace({ ...needle, entry_mm: [0, 40, 50] }, grip));
      expect(handleUnder(map, { ...needle, entry_mm: [0, 40, 50] }, x + 2, y - 2)).toBe(grip);
    }
    expect(handleUnder(map, needle, 9999, 0)).toBeNull();
  });
});

describe("planes of a needle", () => {
  const directions: Point[] = [[0, 0, -1], [0, 1, 0], [0.6, 0, -0.8], [0, -0.6, 0.8], [1, 0, 0]];
  it.each(directions)("seen from the entry nothing is mirrored: %s %s %s", (...direction) => {
    const [right, down] = acrossOf(direction as Point);
    expect(dot(right, down)).toBeCloseTo(0);
    expect(dot(right, right)).toBeCloseTo(1);
    cross(right, down).forEach((value, at) => expect(value).toBeCloseTo(direction[at] as number));
  });
  it("from the head down, the left of the patient is on the left of the picture and the back below", () => {
    const plane = planeOf([0, 0, 100], [0, 0, 0], 60, "across");
    expect([letterOf(plane.u), letterOf(plane.v)]).toEqual(["R", "P"]);
  });
  it("along a needle from the head one looks as in a coronal picture", () => {
    const plane = planeOf([0, 0, 100], [0, 0, 0], 60, "along");
    expect([letterOf(plane.u), letterOf(plane.v)]).toEqual(["L", "F"]);
  });
  it.each(["across", "along"] as const)("the needle lies in the middle, %s, and places go there and back", (look) => {
    const plane = planeOf(needle.entry_mm, needle.tip_mm, 20, look);
    const [u, v, off] = inPlane(plane, [12, 0, 34]);
    expect(u).toBeCloseTo(40);
    expect(off).toBeCloseTo(0);
    if (look === "across") expect(v).toBeCloseTo(40);
    else expect(v).toBeCloseTo(35);
    fromPlane(plane, u, v).forEach((value, at) => expect(value).toBeCloseTo([12, 0, 34][at] as number));
  });
  it("a box cut across is a square of its size", () => {
    const lines = outlinesIn(box, planeOf([0, 0, 60], [0, 0, 0], 52, "across"), 5);
    const points = lines.flat();
    for (const at of [0, 1] as const) {
      const values = points.map((point) => point[at]);
      expect(Math.abs(Math.max(...values) - Math.min(...values) - 20)).toBeLessThan(1.1);
    }
  });
});

describe("a preview", () => {
  const seed = (index: number, z: number) => ({ index, position_mm: [0, 0, z] as Point, axis: null, strength_u: 1, needle: null });
  const plan = {
    version: 3, seeds: [seed(0, 1), seed(1, 2)], needles: [], seed_count: 2, goals: [],
    dvhs: [{ structure: "target", volume_cc: 1, dose_gy: [9, 1], volume_pct: [0, 100] }],
  } as unknown as PlanState;
  const change = { version: 3, whole: false, seeds: [seed(1, 7)], needles: [], seed_count: 2, goals: [], dvhs: [{ structure: "target", dose_gy: [8, 2] }] };
  it("lays over the plan what it changes, and leaves the plan itself", () => {
    const tried = changed(plan, change);
    expect(tried?.seeds.map((each) => each.position_mm[2])).toEqual([1, 7]);
    expect(tried?.dvhs[0]).toEqual({ structure: "target", volume_cc: 1, dose_gy: [8, 2], volume_pct: [0, 100] });
    expect(plan.seeds[1]?.position_mm[2]).toBe(2);
  });
  it("takes all seeds where their count changes", () => {
    expect(changed(plan, { ...change, whole: true, seeds: [seed(0, 5)], seed_count: 1 })?.seeds).toEqual([seed(0, 5)]);
  });
  it("of another version is not shown", () => {
    expect(changed(plan, { ...change, version: 4 })).toBeNull();
  });
});

describe("meshes", () => {
  const volume = ({ vertices: v, faces }: { vertices: Float32Array; faces: Uint32Array }): number => {
    const at = (n: number): Point => [v[3 * n] as number, v[3 * n + 1] as number, v[3 * n + 2] as number];
    let sum = 0;
    for (let face = 0; face < faces.length; face += 3)
      sum += dot(at(faces[face] as number), cross(at(faces[face + 1] as number), at(faces[face + 2] as number))) / 6;
    return sum;
  };
  it("a capsule is as long as its seed, faces outwards, and holds about its volume", () => {
    const mesh = capsule([0, 0, -2.25], [0, 0, 2.25], 0.4);
    const z = Array.from(mesh.vertices).filter((_, at) => at % 3 === 2);
    expect([Math.min(...z), Math.max(...z)].map((value) => Math.round(value * 1000) / 1000)).toEqual([-2.25, 2.25]);
    const exact = Math.PI * 0.16 * 3.7 + (4 / 3) * Math.PI * 0.064;
    expect(volume(mesh) / exact).toBeGreaterThan(0.9);
    expect(volume(mesh) / exact).toBeLessThan(1);
  });
  it("normals point away from the axis", () => {
    const mesh = capsule([5, 5, 0], [5, 5, 20], 2);
    const normals = normalsOf(mesh);
    for (let at = 0; at < mesh.vertices.length; at += 3) {
      const out: Point = [(mesh.vertices[at] as number) - 5, (mesh.vertices[at + 1] as number) - 5, (mesh.vertices[at + 2] as number) - 10];
      expect(dot(out, [normals[at] as number, normals[at + 1] as number, normals[at + 2] as number])).toBeGreaterThan(0);
    }
  });
  it("joined meshes keep their faces", () => {
    const one = capsule([0, 0, 0], [0, 0, 5], 1);
    const both = joined([one, capsule([9, 0, 0], [9, 0, 5], 1)]);
    expect(both.vertices.length).toBe(2 * one.vertices.length);
    expect(volume(both)).toBeCloseTo(2 * volume(one), 3);
    expect(joined([]).faces.length).toBe(0);
  });
  it("an answer is parted into vertices and faces", () => {
    const octets = new ArrayBuffer(8 + 36 + 12);
    new Float32Array(octets, 8, 9).set([0, 0, 0, 1, 0, 0, 0, 1, 0]);
    new Uint32Array(octets, 44, 3).set([0, 1, 2]);
    const mesh = meshOf({ vertices: 3, faces: 1 }, new Float32Array(octets, 8));
    expect([...mesh.vertices, ...mesh.faces]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 2]);
  });
});

describe("goals", () => {
  it("a value that misses its limit is not written like the limit", () => {
    expect(decimalsOf({ value: 104.98, limit: 105, met: false })).toBe(3);
    expect(decimalsOf({ value: 91, limit: 95, met: false })).toBe(1);
    expect(decimalsOf({ value: 105.0, limit: 105, met: true })).toBe(1);
  });
});

describe("strengths in stock", () => {
  it("are read as a clinic writes them, the strongest first, each once", () => {
    expect(activitiesOf("0.7")).toEqual([0.7]);
    expect(activitiesOf(" 0.5, 0.7；0.5 ")).toEqual([0.7, 0.5]);
    expect(activitiesOf("")).toBeNull();
    expect(activitiesOf("0.7, seven")).toBeNull();
    expect(activitiesOf("5")).toBeNull();
    expect(activitiesOf("1,2")).toBeNull();
    expect(activitiesOf("0.7,0.5")).toEqual([0.7, 0.5]);
    for (const text of ["1,2", "0,7", "1,2 0.5", "0.5 1,2", "0.7, 1,2"]) {
      expect([activitiesOf(text), commaIsUnclear(text)]).toEqual([null, true]);
    }
    expect(["0.7,0.5", "0.7, 0.5", "1, 0.5", "seven", ""].map(commaIsUnclear)).toEqual([false, false, false, false, false]);
    expect(activitiesOf(Array.from({ length: 11 }, (_, at) => `0.${at + 10}`).join(" "))).toBeNull();
  });

  it("are told apart by a letter, and nothing else passes for one of them", () => {
    const stock = [0.889, 0.635];
    expect(stock.map((each) => letterOfStrength(placeInStock(stock, each)))).toEqual(["A", "B"]);
    expect(placeInStock(stock, 0.889 * 1.0005)).toBe(0);
    expect(letterOfStrength(placeInStock(stock, 0.7))).toBe("?");
    expect(strengthText(1.27)).toBe("1.270 U (1.00 mCi)");
  });

  it("of some seeds are one, or differ", () => {
    expect(common([0.6, 0.6])).toBe(0.6);
    expect(common([0.6, 0.5])).toBeNull();
    expect(common([])).toBeNull();
  });
});

describe("a needle with a distance that is none", () => {
  it("is not laid, whatever the last good number was", async () => {
    const sent: unknown[] = [];
    const hand = { edit: (what: unknown) => Promise.resolve(sent.push(what) > 0) };
    const laying = { entry_mm: [0, 0, 50] as Point, spacing_mm: 10, fromTip_mm: 5, strength_u: 0.6 };
    for (const unfit of [{ spacing_mm: null }, { fromTip_mm: null }]) {
      expect(canLay({ ...laying, ...unfit })).toBe(false);
      expect(await newNeedle(hand, { ...laying, ...unfit }, [0, 0, 0], undefined)).toBe(false);
    }
    expect(sent).toEqual([]);
    expect(await newNeedle(hand, laying, [0, 0, 0], undefined)).toBe(true);
  });
});
