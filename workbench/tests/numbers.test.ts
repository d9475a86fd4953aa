import { describe, expect, it } from "vitest";
import { readNumber } from "../src/language/numbers";
import { dateText, translate } from "../src/language";
import { exampleIn } from "../src/parts/NumberInput";
import { asked, faultOf } from "../src/pages/cohort/question";

describe("a number that is typed", () => {
  it.each([
    ["61.5", 61.5],
    ["61,5", 61.5],
    ["６１．５", 61.5],
    ["６１，５", 61.5],
    [" 7 ", 7],
    ["+0.25", 0.25],
    ["-3", -3],
    ["\u22123", -3],
    [".5", 0.5],
    ["0,125", 0.125],
  ])("%s is read", (typed, value) => {
    expect(readNumber(typed)).toBe(value);
  });
  it.each(["1,234", "12,345", "1,234.5", "1 234", "1.234.5", "0x10", "1e3", "Infinity", "12 mm", "--1", "一", "1。5", "."])("%s is refused, never another number", (typed) => {
    expect(readNumber(typed)).toBeNaN();
  });
  it("is nothing where nothing stands", () => {
    expect(readNumber(" ")).toBeNull();
  });
  it("is told in a filter of the cohort, not sent as another one", () => {
    const choice = { name: "age_years", label: "Age", unit: "years", classes: [] };
    const filter = { variable: "age_years", classes: [], low: "1,234", high: "" };
    expect(faultOf(filter, choice)).toBe("noNumber");
    const filters = [{ ...filter, low: "６０" }];
    expect(asked({ group: "arm", on: "2026-01-01", profile: "paper", filters }, [choice]).filters[0]?.low).toBe(60);
  });
});

describe("what is counted and asked for", () => {
  it("has one seed and several", () => {
    expect([0, 1, 2].map((count) => translate("en", "plans.seeds", { count }))).toEqual(["0 seeds", "1 seed", "2 seeds"]);
    expect(translate("zh", "plans.seeds", { count: 1 })).toContain("1");
  });
  it.each([[1, 300, 120], [0.1, 2, null], [1, 300, null], [0, 1000, 5000]])("has an example from %s to %s that fits", (min, max, initial) => {
    const example = exampleIn(min, max, initial);
    expect(example >= min && example <= max).toBe(true);
  });
});

describe("a date", () => {
  it("stands in the order of the language, and is no more exact than it is known", () => {
    expect(dateText("en", "2026-02-03")).toBe("3 Feb 2026");
    expect(dateText("zh", "2026-02-03")).toBe("2026年2月3日");
    expect(dateText("en", "2026-02")).toBe("Feb 2026");
    expect(dateText("zh", "2026-02")).toBe("2026年2月");
    expect(dateText("zh", "2026")).toBe("2026");
  });
});
