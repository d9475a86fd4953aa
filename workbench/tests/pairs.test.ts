import { describe, expect, it } from "vitest";
import {
  changePct, type Choice, choiceOf, contoursAfter, firstChoice, highestOf, pictureView, placeAt, queryOf, scaleEnd, seedMarks, signed, stepPlace,
} from "../src/pages/patient/pairs/pairing";
import { firstPet } from "../src/pages/patient/pairs/PetPanel";
import type { PairCt, PairPlace } from "../src/types/pairs";
import type { DrawnStructure } from "../src/viewer/cuts";
import { CLEAR_TO, FULL_FROM, petColour, petCover, petSlice, petTable, type PetVolume, suvAt } from "../src/viewer/pet";
import { ViewStore } from "../src/viewer/viewState";
import { fitting, NOTHING, valueAt } from "../src/viewer/volume";
import { greyTable } from "../src/viewer/windowing";

const ct = (name: string, days: number | null): PairCt => ({
  case: name, series_uid: name, frame_uid: name, patient_id: "S", patient_name: "", study_date: "2026-01-01", series_description: "",
  images: 1, structure_sets: 0, days_from_implant: days, pets: [],
});

describe("which CTs first", () => {
  it("takes the last one before the implant and the latest", () => {
    expect(firstChoice([ct("a", -90), ct("b", -3), ct("c", 30), ct("d", 180)])).toMatchObject({ before: "b", after: "d" });
  });
  it("takes the first and the latest where no implant is known, or none was scanned before", () => {
    expect(firstChoice([ct("a", null), ct("b", null), ct("c", null)])).toMatchObject({ before: "a", after: "c" });
    expect(firstChoice([ct("a", 3), ct("b", 30)])).toMatchObject({ before: "a", after: "b" });
  });
  it("never takes the latest for both", () => {
    expect(firstChoice([ct("a", -90), ct("b", -3)])).toMatchObject({ before: "a", after: "b" });
    expect(firstChoice([ct("a", -90)])).toBeNull();
  });
  it("comes back from its address; what is not there is not chosen", () => {
    const cts = [ct("a", null), ct("b", null), ct("c", null)];
    const choice: Choice = { before: "b", after: "c", by: "frame", target: "GTV & node" };
    expect(choiceOf(new URLSearchParams(queryOf(choice)), cts)).toEqual(choice);
    expect(choiceOf(new URLSearchParams("before=gone&by=guess"), cts)).toEqual({ before: "a", after: "c", by: "registration", target: "" });
  });
});

describe("places", () => {
  const place = (x: number, z: number): PairPlace => ({ why: "structure", name: "", position_mm: [x, 0, z] });
  const places = [place(0, 6), place(0, 0), place(0, -6), place(40, 0)];
  it("are gone through round and round", () => {
    expect([stepPlace(places, 3, 1), stepPlace(places, 0, -1), stepPlace(places, 0, 1), stepPlace([], 0, 1)]).toEqual([0, 3, 1, -1]);
  });
  it("are known by slice and by place in it", () => {
    expect(placeAt(places, [0, 0, -1.2], 3)).toBe(1);
    expect(placeAt(places, [40, 0.2, 0], 3)).toBe(3);
    expect(placeAt(places, [20, 0, 0], 3)).toBe(-1);
  });
});

describe("what is drawn", () => {
  const drawn = (name: string): DrawnStructure => ({ name, role: "target", colour: "#ff0000", version: 1, planes: [] });
  it("shows the lesion as it was before dashed on the CT after, and only that", () => {
    const found = contoursAfter({ structures: [drawn("GTV")], left_out: [], lesion: null }, [drawn("GTV"), drawn("Cord")], "GTV");
    expect(found.map((each) => [each.name, Boolean(each.dashed)])).toEqual([["GTV", true], ["GTV", false]]);
    expect(contoursAfter(undefined, [drawn("GTV")], "")).toEqual([]);
  });
  it("tells planned seeds from those found", () => {
    const mark = { position_mm: [1, 2, 3] as [number, number, number], axis: [0, 0, 1] as [number, number, number] };
    const marks = seedMarks({ planned: [mark], found: [mark, mark] });
    expect(marks.map((each) => [each.index, each.dashed])).toEqual([[-1, true], [1, false], [2, false]]);
  });
  it("says changes as RECIST counts them", () => {
    expect(changePct(30, 21)).toBeCloseTo(-30);
    expect(changePct(30, undefined)).toBeNull();
    expect([signed(-30.4), signed(20), signed(0)]).toEqual(["−30", "+20", "±0"]);
  });
});

describe("the figure", () => {
  it("shows the slice of the crosshair about the middle of what is shown", () => {
    const view = new ViewStore([10, 20, 30], { centre_hu: 40, width_hu: 400 });
    view.set({ centre_mm: [1, 2, 99], zoom: 4 });
    expect(pictureView(view.get(), [640, 480])).toEqual({ at: "1.00,2.00,30.00", field_mm: "120", window: "-160,240" });
    view.set({ zoom: 0.3 });
    expect(pictureView(view.get(), [640, 480]).field_mm).toBe("700");
  });
});

describe("PET", () => {
  const pet: PetVolume = {
    geometry: { origin_mm: [0, 0, 0], spacing_mm: [2, 2, 3], shape: [2, 2, 3] },
    suv: Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, NaN, 10, 20]),
  };
  it("has the ends of matplotlib's inferno", () => {
    expect(petColour(0)).toEqual([0, 0, 4]);
    expect(petColour(1)).toEqual([252, 255, 164]);
    expect(petColour(2)).toEqual(petColour(1));
  });
  it("is clear where it is low and covers as far as was asked for", () => {
    expect([petCover(CLEAR_TO, 0.8), petCover(FULL_FROM, 0.8), petCover(1, 0.8)]).toEqual([0, 0.8, 0.8]);
    const table = petTable(1);
    expect(((table[0] as number) >>> 24)).toBe(0);
    expect(((table[255] as number) >>> 24)).toBe(255);
  });
  it("lies as the slices of the CT lie: the back below, the head above", () => {
    const look = { max: 10, opacity: 1 };
    const table = Uint32Array.from({ length: 256 }, (_, at) => at);
    const axial = petSlice(pet, "z", 3, look, table);
    expect([axial?.width, axial?.height]).toEqual([3, 2]);
    expect([...(axial?.words ?? [])]).toEqual([153, 179, 204, 0, 255, 255]);
    const coronal = petSlice(pet, "y", 0, look, table);
    expect([...(coronal?.words ?? [])]).toEqual([153, 179, 204, 0, 26, 51]);
  });
  it("shows nothing beyond its outer faces", () => {
    expect(petSlice(pet, "z", 4.6, { max: 10, opacity: 1 })).toBeNull();
    expect(petSlice(pet, "z", 4.4, { max: 10, opacity: 1 })).not.toBeNull();
  });
  it("says the SUV of the voxel that holds a place, and none where there is none", () => {
    expect(suvAt(pet, [4.4, 1.6, 2.9])).toBe(20);
    expect(suvAt(pet, [0, 2, 3])).toBeNull();
    expect(suvAt(pet, [-1.2, 0, 0])).toBeNull();
  });
  it("has a round end of its scale that holds what is usual", () => {
    expect([scaleEnd(7.3), scaleEnd(2.2), scaleEnd(0.13), scaleEnd(42), scaleEnd(0), scaleEnd(NaN)]).toEqual([8, 2.5, 0.15, 10, 1, 1]);
    expect(highestOf(pet.suv)).toBe(20);
  });
});

describe("where a CT shows nothing", () => {
  it("has no value, and is not black as air is", () => {
    const volume = { geometry: { origin_mm: [0, 0, 0] as [number, number, number], spacing_mm: [1, 1, 1] as [number, number, number], shape: [1, 1, 2] as [number, number, number] }, hu: Int16Array.from([NOTHING, -1000]) };
    expect([valueAt(volume, [0, 0, 0]), valueAt(volume, [1, 0, 0])]).toEqual([null, -1000]);
    const table = greyTable({ centre_hu: 40, width_hu: 400 });
    expect(table[NOTHING + 32768]).not.toBe(table[-1000 + 32768]);
  });
});

describe("the PET to begin with", () => {
  it("is of the day of the CT, although two examinations share a frame of reference", () => {
    const pets = ["p1", "p2"].map((series, at) => ({ series, frame_uid: "f", study_date: `2026-01-0${at + 1}`, series_description: "", images: 1, days_from_implant: null }));
    const cts = [{ ...ct("a", null), pets: ["p1", "p2"] }, { ...ct("b", null), study_date: "2026-01-02", pets: ["p1", "p2"] }, { ...ct("c", null), study_date: "2026-01-03", pets: ["p1", "p2"] }];
    const series = { patient_id: "S", implanted_on: [], implants_unsure: [], cts, pets };
    expect(["a", "b", "c"].map((name) => firstPet(series, name))).toEqual(["p1", "p2", ""]);
  });
});

describe("a volume from the server", () => {
  const geometry = { origin_mm: [0, 0, 0], spacing_mm: [1, 1, 1], shape: [2, 3, 4] } as never;
  const of = (shape: [number, number, number], length: number) => ({ shape, values: new Int16Array(length), headers: new Headers() });
  it("is taken where it has the voxels that are shown", () => {
    expect(fitting(of([2, 3, 4], 24), geometry)).toHaveLength(24);
  });
  it("is refused in a sentence where the CT has got images, or has as many voxels in another order", () => {
    expect(() => fitting(of([3, 3, 4], 36), geometry)).toThrow(/3 × 3 × 4 voxels where 2 × 3 × 4 are shown.*load the page again/);
    expect(() => fitting(of([4, 3, 2], 24), geometry)).toThrow(/load the page again/);
    expect(() => fitting(of([2, 3, 4], 20), geometry)).toThrow(/load the page again/);
  });
});
