import { describe, expect, it } from "vitest";
import { idPath, ofAddress } from "../src/pages/patients/address";
import { aligned, decades, fromZero } from "../src/pages/patient/curves";
import { commonStart } from "../src/pages/patient/Facts";
import { draftKey, dropDraft, keepDraft, readDraft } from "../src/pages/patient/drafts";
import { differences, faultsOf, isBarred, readAs, textsOf } from "../src/pages/patient/recordTexts";
import { dueStatus, firstDay, lastDay, layOut, ticks } from "../src/pages/patient/timelineLayout";
import type { FieldFault, FieldShape, KindShape, TimelineEntry } from "../src/types/clinic";

const field = (name: string, kind: FieldShape["kind"], more: Partial<FieldShape> = {}): FieldShape => ({
  name,
  kind,
  label: { en: name, zh: name },
  unit: "",
  choices: [],
  required: false,
  range: null,
  help: "",
  expected: "",
  is_key: false,
  ...more,
});
const visit: KindShape = {
  kind: "visit",
  path: "visit",
  title: { en: "Visits", zh: "随访" },
  key: ["patient_id", "on"],
  refers_to: {},
  fields: [field("on", "partial date", { is_key: true, required: true }), field("weight_kg", "number", { unit: "kg" }), field("asked", "yes or no")],
};

describe("identifiers in addresses", () => {
  it.each(["S-01", "X/1", "50%", "a b", "甲", "%2F", "%252F", "..", "~..", "~a", "S.01", "a?b#c"])("'%s' comes back", (id) => {
    const path = new URL(`/patients/${idPath(id)}/records`, "http://here").pathname;
    expect(ofAddress(path)).toEqual({ id, part: "records" });
  });
  it("are encoded once", () => {
    expect(["X/1", "50%", "a b", "甲"].map(idPath)).toEqual(["X%2F1", "50%25", "a%20b", "%E7%94%B2"]);
  });
});

describe("drafts", () => {
  const kept = new Map<string, string>();
  const place = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text), removeItem: (key: string) => void kept.delete(key) };
  it("are of one person, patient, kind and record", () => {
    const keys = [draftKey("a", "S-1", "visit", null), draftKey("b", "S-1", "visit", null), draftKey("a", "S-1", "visit", ["S-1", "2026"]), draftKey("a", "S-1", "pain", null)];
    expect(new Set(keys).size).toBe(4);
  });
  it("come back as they were, and go when they were saved", () => {
    const draft = { texts: { on: "2026-0" }, version: 3 };
    keepDraft(place, "k", draft);
    expect(readDraft(place, "k")).toEqual(draft);
    keepDraft(place, "k", { ...draft, from: "verification" });
    expect(readDraft(place, "k")?.from).toBe("verification");
    dropDraft(place, "k");
    expect(readDraft(place, "k")).toBeNull();
  });
  it("do no harm where something else stands, or nothing can be kept", () => {
    for (const text of ["{", "3", '{"texts":{"on":5},"version":1}', '{"texts":{}}']) {
      kept.set("k", text);
      expect(readDraft(place, "k")).toBeNull();
    }
    keepDraft({ ...place, setItem: () => { throw new Error("full"); } }, "k", { texts: {}, version: 0 });
  });
});

describe("records as texts", () => {
  it("are what stands in the form", () => {
    expect(textsOf(visit, { on: "2026-03", weight_kg: 61.5, asked: false })).toEqual({ on: "2026-03", weight_kg: "61.5", asked: "no" });
    expect(textsOf(visit, null)).toEqual({ on: "", weight_kg: "", asked: "" });
  });
  it("tell how something was read where it stands otherwise", () => {
    const [on, weight] = visit.fields as [FieldShape, FieldShape];
    expect(readAs(on, "2026/3/2", { on: "2026-03-02" })).toBe("2026-03-02");
    expect(readAs(on, "2026-03-02", { on: "2026-03-02" })).toBe("");
    expect(readAs(weight, "61,5", { weight_kg: 61.5 })).toBe("");
    expect(readAs(weight, "61,5", null)).toBe("");
  });
  it("differ where they say another thing, not where a number is written otherwise", () => {
    const found = differences(visit, { on: "2026-03", weight_kg: 61.5, asked: true }, { on: "2026-03", weight_kg: "61,50", asked: "no" });
    expect(found.map((each) => [each.field.name, each.saved, each.mine])).toEqual([["asked", "yes", "no"]]);
  });
});

describe("faults", () => {
  const faults: FieldFault[] = [
    { severity: "lacking", field: "on", sentence: "a" },
    { severity: "ask", field: "weight_kg", sentence: "b" },
  ];
  it("do not ask for what is still to be typed", () => {
    expect(faultsOf(faults, "on", false)).toEqual([]);
    expect(faultsOf(faults, "on", true)).toHaveLength(1);
    expect(faultsOf(faults, "weight_kg", false)).toHaveLength(1);
  });
  it("bar a record until it is right or confirmed", () => {
    expect(isBarred(faults, new Set(["b"]))).toBe(true);
    expect(isBarred(faults.slice(1), new Set())).toBe(true);
    expect(isBarred(faults.slice(1), new Set(["b"]))).toBe(false);
  });
});

describe("the time line", () => {
  it("takes a partial date for all its days", () => {
    expect(firstDay("1970-01-02")).toBe(1);
    expect(lastDay("2024-02") - firstDay("2024-02")).toBe(28);
    expect(lastDay("2023") - firstDay("2023")).toBe(364);
    expect(lastDay("2024-12")).toBe(firstDay("2024-12-31"));
  });
  const event = (on: string, until: string | null): TimelineEntry => ({ kind: "event", on, until, term: "x", grade: 1 });
  it("gives what overlaps rows of its own, and what has no end lasts until today", () => {
    const { placed, rows, first, last } = layOut([event("2025-01-01", "2025-06-30"), event("2025-03-01", null), event("2026-01-15", "2026-01-20")], "2026-01-01");
    expect(placed.map((each) => [each.row, each.open])).toEqual([[0, false], [1, true], [0, false]]);
    expect(placed[1]?.to).toBe(firstDay("2026-01-01"));
    expect(rows.events).toBe(2);
    expect([first, last]).toEqual([firstDay("2025-01-01"), firstDay("2026-01-20")]);
  });
  it("marks years, or quarters of a short course", () => {
    expect(ticks(firstDay("2020-05-01"), firstDay("2023-05-01")).map((each) => each.text)).toEqual(["2021", "2022", "2023"]);
    expect(ticks(firstDay("2026-01-10"), firstDay("2026-08-01")).map((each) => each.text)).toEqual(["2026-04", "2026-07"]);
  });
  it("calls a visit due once its window is open, and never one that is over", () => {
    const visit = { status: "not yet due", due_on: "2026-03-15", window_days: 14 };
    expect(dueStatus(visit, "2026-02-28")).toBe("not yet due");
    expect(dueStatus(visit, "2026-03-01")).toBe("due");
    expect(dueStatus({ ...visit, status: "seen" }, "2026-03-15")).toBe("seen");
  });
});

describe("curves", () => {
  it("stand under one column of days", () => {
    const lines = [
      { label: "T1", points: [{ on: "1970-01-02", y: 5 }, { on: "1970-01-04", y: 4 }] },
      { label: "T2", points: [{ on: "1970-01-03", y: null }, { on: "1970-01-04", y: 9 }] },
    ];
    expect(aligned(lines)).toEqual([[86400, 172800, 259200], [5, null, 4], [null, null, 9]]);
  });
  it("have axes about their values", () => {
    expect(decades([0.04, 12, null])).toEqual([0.01, 100]);
    expect(decades([1, 10])).toEqual([1, 10]);
    expect(decades([10])).toEqual([10, 100]);
    expect(decades([null, 0])).toEqual([0.01, 1]);
    expect(fromZero([null])).toEqual([0, 1.15]);
  });
});

describe("sources", () => {
  it("are named once as far as they are one", () => {
    expect(commonStart(["A. B, section 1, c 1, doi 9", "A. B, section 1, c 2, doi 9"])).toBe("A. B, section 1, ");
    expect(commonStart(["only one, here"])).toBe("");
    expect(commonStart([])).toBe("");
  });
});
