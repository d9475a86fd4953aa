import { describe, expect, it } from "vitest";
import { edgesOf, runsAt, polygonsAt, planeStep, slicesLacking, type DrawnStructure } from "../src/viewer/cuts";
import {
  type Geometry, indexOf, mappingOf, nearestOn, PLANES, positionOf, toPatient, toScreen,
} from "../src/viewer/geometry";
import { isolines } from "../src/viewer/isolines";
import { isOnItsWay, NOTHING, takeSlice, valueAt } from "../src/viewer/volume";
import { readFramed } from "../src/api";
import { volumeAt } from "../src/pages/plan/curves";
import { greyTable, PRESETS } from "../src/viewer/windowing";

const geometry: Geometry = { origin_mm: [-10, -20, 5], spacing_mm: [1, 2, 3], shape: [4, 3, 2] };
/** HU tells the voxel: 100 k + 10 j + i. */
const hu = Int16Array.from({ length: 24 }, (_, at) => 100 * Math.floor(at / 6) + 10 * (Math.floor(at / 2) % 3) + (at % 2));
const volume = { geometry, hu };
/** A table that keeps the value itself. */
const same = Uint32Array.from({ length: 65536 }, (_, at) => at - 32768);

describe("slices", () => {
  it("axial: left of the picture is the right of the patient, top is the front", () => {
    const { width, height, words } = takeSlice(volume, "z", 2, same);
    expect([width, height, ...words]).toEqual([2, 3, 200, 201, 210, 211, 220, 221]);
  });
  it("coronal and sagittal: the head is above", () => {
    expect([...takeSlice(volume, "y", 1, same).words]).toEqual([310, 311, 210, 211, 110, 111, 10, 11]);
    expect([...takeSlice(volume, "x", 1, same).words]).toEqual([301, 311, 321, 201, 211, 221, 101, 111, 121, 1, 11, 21]);
  });
  it("finds the voxel of a place, and nothing outside", () => {
    expect(valueAt(volume, [-9.4, -16.1, 13.9])).toBe(321);
    expect(valueAt(volume, [-11, -20, 5])).toBeNull();
  });
  it("refuses a slice that is not there", () => {
    expect(() => takeSlice(volume, "z", 4, same)).toThrow(RangeError);
  });

  it("of which one slice has come says so of the others, and shows no HU there", () => {
    const hu = new Int16Array(volume.hu.length).fill(NOTHING);
    const part = { geometry: volume.geometry, hu, only: 2 };
    expect([isOnItsWay(part, "z", 2), isOnItsWay(part, "z", 1), isOnItsWay(part, "y", 2)]).toEqual([false, true, true]);
    expect(isOnItsWay(volume, "z", 1)).toBe(false);
    expect(valueAt(part, [-9.4, -16.1, 13.9])).toBeNull();
  });
});

describe("places", () => {
  it.each(["x", "y", "z"] as const)("a pixel and its place are one, %s", (axis) => {
    const map = mappingOf(PLANES[axis], [3, -7, 11], 2.5, 300, 200);
    const place = toPatient(map, 41, 77, 11);
    const [x, y] = toScreen(map, place);
    expect(x).toBeCloseTo(41, 9);
    expect(y).toBeCloseTo(77, 9);
  });
  it("the head is up in coronal and sagittal planes, the back down in axial ones", () => {
    for (const axis of ["x", "y"] as const) {
      const map = mappingOf(PLANES[axis], [0, 0, 0], 1, 100, 100);
      expect(toScreen(map, [0, 0, 10])[1]).toBeLessThan(toScreen(map, [0, 0, -10])[1]);
    }
    const axial = mappingOf(PLANES.z, [0, 0, 0], 1, 100, 100);
    expect(toScreen(axial, [0, 10, 0])[1]).toBeGreaterThan(toScreen(axial, [0, -10, 0])[1]);
    expect(toScreen(axial, [10, 0, 0])[0]).toBeGreaterThan(toScreen(axial, [-10, 0, 0])[0]);
  });
  it("indexes are those of the nearest centre and stay inside", () => {
    expect(indexOf(geometry, "z", positionOf(geometry, "z", 2) + 1.4)).toBe(2);
    expect(indexOf(geometry, "z", 1000)).toBe(3);
  });
  it("a place beside a needle goes to the nearest place on it, not beyond its ends", () => {
    expect(nearestOn([0, 0, 0], [0, 0, 10], [3, 4, 6])).toEqual([0, 0, 6]);
    expect(nearestOn([0, 0, 0], [0, 0, 10], [0, 1, 60])).toEqual([0, 0, 10]);
  });
});

describe("isodose lines", () => {
  const columns = 81;
  const field = Float32Array.from({ length: columns * columns }, (_, at) => {
    const [x, y] = [(at % columns) * 0.5 - 20, Math.floor(at / columns) * 0.5 - 20];
    return 100 - 5 * Math.hypot(x - 1, y + 2);
  });
  const plane = { origin_mm: [-20, -20] as [number, number], spacing_mm: 0.5, columns, rows: columns, dose_gy: field };
  it("a cone of dose has circles at their radius about its tip", () => {
    const [at50] = isolines(plane, [50]);
    expect(at50?.lines.length).toBe(1);
    for (const [x, y] of at50?.lines[0] ?? []) expect(Math.hypot(x - 1, y + 2)).toBeCloseTo(10, 1);
  });
  it("a level above the dose has none; one that leaves the plane does not run along its edge", () => {
    expect(isolines(plane, [101])[0]?.lines).toEqual([]);
    for (const line of isolines(plane, [1])[0]?.lines ?? [])
      for (const [x, y] of line.slice(1, -1)) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(20.01);
  });
});

describe("structures", () => {
  const square = (half: number): [number, number][] => [[-half, -half], [half, -half], [half, half], [-half, half]];
  const ring: DrawnStructure = {
    name: "shell", role: "organ", colour: "#ffffff", version: 1,
    planes: [0, 2.5, 5].map((z_mm) => ({ z_mm, polygons: [square(10), square(4)] })),
  };
  it("a hole stays a hole", () => {
    expect(runsAt(ring, "x", 0).filter((run) => run.z_mm === 0).map((run) => [run.from_mm, run.to_mm])).toEqual([[-10, -4], [4, 10]]);
    expect(runsAt(ring, "y", 7).filter((run) => run.z_mm === 0).map((run) => [run.from_mm, run.to_mm])).toEqual([[-10, 10]]);
    expect(runsAt(ring, "x", 11)).toEqual([]);
  });
  it("the cut of a box is a closed box: its edges are its top and bottom alone", () => {
    const runs = [0, 2.5, 5].map((z_mm) => ({ z_mm, from_mm: -3, to_mm: 4 }));
    expect(edgesOf(runs, 2.5)).toEqual([
      { z_mm: -1.25, from_mm: -3, to_mm: 4 },
      { z_mm: 6.25, from_mm: -3, to_mm: 4 },
    ]);
  });
  it("a step in the outline is drawn on both sides, a gap closes both parts", () => {
    const runs = [{ z_mm: 0, from_mm: 0, to_mm: 10 }, { z_mm: 2, from_mm: 2, to_mm: 7 }, { z_mm: 20, from_mm: 0, to_mm: 1 }];
    const edges = edgesOf(runs, 2).filter((edge) => edge.z_mm === 1);
    expect(edges.map((edge) => [edge.from_mm, edge.to_mm])).toEqual([[0, 2], [7, 10]]);
    expect(edgesOf(runs, 2).filter((edge) => edge.z_mm === 3 || edge.z_mm === 19)).toHaveLength(2);
  });
  it("a plane is shown as far as half its step", () => {
    expect(planeStep(ring, 1)).toBe(2.5);
    expect(polygonsAt(ring, 1.2, 2.5)).toHaveLength(2);
    expect(polygonsAt(ring, 6.4, 2.5)).toHaveLength(0);
  });
  it("planes too far apart to be joined stand for themselves alone, and the slices between them are counted", () => {
    const sparse: DrawnStructure = { ...ring, plane_distance_mm: 2, planes: [0, 8, 16].map((z_mm) => ({ z_mm, polygons: [] })) };
    expect(planeStep(sparse, 2)).toBe(2);
    expect(slicesLacking(sparse, 2)).toBe(6);
    expect(slicesLacking({ ...sparse, plane_distance_mm: 8 }, 2)).toBe(0);
    expect(planeStep({ ...sparse, plane_distance_mm: 8 }, 2)).toBe(8);
  });
});

describe("windows", () => {
  it("black below, white above, grey in the middle", () => {
    const table = greyTable(PRESETS.soft);
    const grey = (value: number): number => (table[value + 32768] as number) & 0xff;
    expect([grey(-161), grey(40), grey(241)]).toEqual([0, 128, 255]);
  });
});

describe("framed answers", () => {
  it("head and values are parted where the length says", () => {
    const head = new TextEncoder().encode('{"planes":[]}   ');
    const octets = new ArrayBuffer(4 + head.length + 8);
    new DataView(octets).setUint32(0, head.length, true);
    new Uint8Array(octets).set(head, 4);
    new Float32Array(octets, 4 + head.length).set([1.5, -2]);
    const found = readFramed<{ planes: unknown[] }>(octets);
    expect(found.head.planes).toEqual([]);
    expect([...found.values]).toEqual([1.5, -2]);
  });
});

describe("histograms", () => {
  const dvh = { structure: "x", volume_cc: 1, dose_gy: [100, 50, 50, 20], volume_pct: [0, 40, 60, 100] };
  it("volume at a dose lies between the points, falls, and ends at nothing and all", () => {
    expect([120, 100, 75, 20, 0].map((dose) => volumeAt(dvh, dose))).toEqual([0, 0, 20, 100, 100]);
    expect(volumeAt(dvh, 35)).toBeCloseTo(80, 9);
  });
});
