import { describe, expect, it } from "vitest";
import { doseAt, gyOf, gyText, legendRows, readText } from "../src/viewer/doseScale";
import type { DosePlane } from "../src/viewer/isolines";

/** Columns to the left of the patient, rows to the back: 10, 20, 30 / 50, 80, 110 Gy, 2 mm apart. */
const axial: DosePlane = { position_mm: 7, origin_mm: [-4, 10], spacing_mm: 2, columns: 3, rows: 2, dose_gy: Float32Array.of(10, 20, 30, 50, 80, 110) };

describe("what a line stands for", () => {
  it("percent of the prescription in Gy", () => {
    expect([50, 80, 100, 150, 200].map((pct) => gyOf(pct, 120))).toEqual([60, 96, 120, 180, 240]);
    expect([gyText(gyOf(50, 145)), gyText(96), gyText(gyOf(80, 110.55))]).toEqual(["72.5", "96", "88.4"]);
  });
  it("lines from the highest, each with its dose", () => {
    expect(legendRows("lines", 120).map(({ pct, gy }) => `${pct} % ${gy} Gy`)).toEqual(["200 % 240 Gy", "150 % 180 Gy", "100 % 120 Gy", "80 % 96 Gy", "50 % 60 Gy"]);
  });
  it("steps of the wash meet without a gap, the highest open above", () => {
    expect(legendRows("wash", 120).map(({ pct, gy }) => `${pct} / ${gy}`)).toEqual(["≥ 200 / ≥ 240", "150–200 / 180–240", "100–150 / 120–180", "80–100 / 96–120", "50–80 / 60–96"]);
  });
  it("no colour stands for two levels", () => {
    expect(new Set(legendRows("lines", 100).map(({ colour }) => colour)).size).toBe(5);
  });
});

describe("a dose that was read", () => {
  it("says no more than values 1 mm apart can tell", () => {
    expect(readText(96.04, 120)).toBe("≈ 96.0 Gy (80 %)");
    expect(readText(301.5, 120)).toBe("≈ 302 Gy (251 %)");
    expect(readText(0, 120)).toBe("≈ 0.0 Gy (0 %)");
    expect(readText(1200, 120)).toBe("≈ 1200 Gy (1000 %)");
    expect(readText(3307, 120)).toBe("> 1200 Gy (> 1000 %)");
  });
});

describe("dose at a place", () => {
  it("at a value, at the edge between two voxels, and amid four, as by hand", () => {
    expect(doseAt(axial, "z", [-2, 12, 7])).toBe(80);
    expect(doseAt(axial, "z", [-3, 10, 7])).toBe(15); // half of 10 and 20
    expect(doseAt(axial, "z", [-4, 11, 7])).toBe(30); // half of 10 and 50
    expect(doseAt(axial, "z", [-3, 11, 7])).toBe(40); // (10 + 20 + 50 + 80) / 4
    expect(doseAt(axial, "z", [-0.5, 10.5, 7])).toBeCloseTo(46.25, 10); // 0.25 * (0.75 * 20 + 0.25 * 80) + 0.75 * (0.75 * 30 + 0.25 * 110)
  });
  it("reads the last value, and nothing beyond it", () => {
    expect(doseAt(axial, "z", [0, 12, 7])).toBe(110);
    expect(doseAt(axial, "z", [0.01, 12, 7])).toBeNull();
    expect(doseAt(axial, "z", [-4, 9.99, 7])).toBeNull();
  });
  it("reads no other slice than its own", () => {
    expect(doseAt(axial, "z", [-2, 12, 8])).toBeNull();
  });
  it("down the picture of a sagittal plane is towards the head in mm: columns along y, rows along z", () => {
    const sagittal: DosePlane = { ...axial, position_mm: 33, origin_mm: [10, -5] };
    expect(doseAt(sagittal, "x", [33, 14, -5])).toBe(30);
    expect(doseAt(sagittal, "x", [33, 10, -3])).toBe(50);
  });
  it("is none where a value is none, unless it does not count", () => {
    const holed = { ...axial, dose_gy: Float32Array.of(10, NaN, 30, 50, 80, 110) };
    expect(doseAt(holed, "z", [-3, 10, 7])).toBeNull();
    expect(doseAt(holed, "z", [-4, 11, 7])).toBe(30);
  });
});
