import { describe, expect, it } from "vitest";
import { nameFault } from "../src/pages/case/structureName";
import { renamed } from "../src/pages/case/useDrawing";
import type { DrawnStructure } from "../src/viewer/cuts";

describe("names of structures", () => {
  it.each(["GTVp/GTVn", "GTV 1/2", "..", "淋巴结 2", "a?b#c%2F", "x".repeat(64), "𠮷".repeat(64)])("takes %s", (name) => {
    expect(nameFault(name, ["GTV"])).toBeNull();
  });
  it.each(["", " ", " GTV", "a\\b", "GTV\t1", "GTV\u200b", "GTV\u00a01", "x".repeat(65)])("refuses %j", (name) => {
    expect(nameFault(name, [])).toBe("unkept");
  });
  it("refuses one that is there", () => {
    expect(nameFault("GTV", ["GTV"])).toBe("exists");
  });
});

describe("renaming", () => {
  const drawn = { name: "A", role: "target", colour: "#ff0000", version: 0, planes: [] } as DrawnStructure;
  it("keeps what was drawn, in its place", () => {
    const edits = { A: drawn, B: { ...drawn, name: "B" } };
    expect(Object.keys(renamed(edits, "A", "GTV 1/2"))).toEqual(["GTV 1/2", "B"]);
    expect(renamed(edits, "A", "GTV 1/2")["GTV 1/2"]?.planes).toBe(drawn.planes);
  });
  it("leaves saved ones and taken names alone", () => {
    const saved = { A: { ...drawn, version: 1 } };
    expect(renamed(saved, "A", "C")).toBe(saved);
    const two = { A: drawn, B: { ...drawn, name: "B" } };
    expect(renamed(two, "A", "B")).toBe(two);
  });
});
