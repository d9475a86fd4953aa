import { describe, expect, it } from "vitest";
import { pageCount, sameRoles, withRole } from "../src/pages/accounts/roles";
import { asked, draftOf, emptyDraft, faultOf, fileAddress, newFilter, numberOf, sameQuestion, sizeText } from "../src/pages/cohort/question";
import { byClass } from "../src/pages/cohort/verdicts";
import { linksOf, secondsOf, secondsText } from "../src/pages/jobs/results";
import type { Job } from "../src/types/cases";
import type { FilterChoice, Finding, Question } from "../src/types/cohort";

const sex: FilterChoice = { name: "sex", label: "Gender", unit: "", classes: ["male", "female"] };
const age: FilterChoice = { name: "age_years", label: "Age", unit: "years", classes: [] };
const both: Question = {
  group: "arm",
  on: "2025-02-28",
  profile: "recist11",
  filters: [
    { variable: "sex", classes: ["female"], low: null, high: null },
    { variable: "age_years", classes: [], low: 18, high: null },
  ],
};

describe("the question", () => {
  it("survives being edited", () => expect(asked(draftOf(both), [sex, age])).toEqual(both));
  it("sends classes in the order of the variable", () => {
    const draft = { ...emptyDraft("2025-01-01"), filters: [{ ...newFilter(sex), classes: ["female", "male"] }] };
    expect(asked(draft, [sex]).filters[0]?.classes).toEqual(["male", "female"]);
  });
  it("is the same whatever the order of its filters", () => {
    expect(sameQuestion(both, { ...both, filters: [...both.filters].reverse() })).toBe(true);
    expect(sameQuestion(both, { ...both, on: "2025-03-01" })).toBe(false);
    expect(sameQuestion(both, { ...both, filters: both.filters.slice(1) })).toBe(false);
  });
  it("a filter that says nothing, or nonsense, is told", () => {
    const range = newFilter(age);
    expect(faultOf(range, age)).toBe("noRange");
    expect(faultOf({ ...range, low: "old" }, age)).toBe("noNumber");
    expect(faultOf({ ...range, low: "70", high: "60" }, age)).toBe("upsideDown");
    expect(faultOf({ ...range, low: "60", high: "60" }, age)).toBeNull();
    expect(faultOf({ ...newFilter(sex), classes: [] }, sex)).toBe("noClass");
    expect(faultOf(newFilter(sex), sex)).toBeNull();
  });
  it("a decimal comma is a point, nothing is nothing", () => {
    expect(numberOf(" 2,5 ")).toBe(2.5);
    expect(numberOf("  ")).toBeNull();
    expect(numberOf("0")).toBe(0);
  });
});

describe("files", () => {
  it("an address keeps the folders and hides what is odd", () =>
    expect(fileAddress("ab", "figures/a b#.svg")).toBe("/api/v1/cohort/analyses/ab/files/figures/a%20b%23.svg"));
  it("sizes", () => expect([sizeText(12), sizeText(9499), sizeText(2_382_273)]).toEqual(["1 kB", "9 kB", "2.4 MB"]));
});

describe("findings", () => {
  it("are parted by class and keep their order", () => {
    const finding = (name: string, text: string): Finding => ({ class: name, text, where: { place: "", row: "", column: "" }, arithmetic: "", certainty: "certain", settle: "" });
    const found = byClass([finding("b", "1"), finding("a", "2"), finding("b", "3")]);
    expect(found.map(([name, some]) => [name, some.map((each) => each.text)])).toEqual([
      ["b", ["1", "3"]],
      ["a", ["2"]],
    ]);
  });
});

describe("people", () => {
  it("roles keep their order", () => expect(withRole(["administrator", "viewer"], "physicist", true)).toEqual(["viewer", "physicist", "administrator"]));
  it("a role is taken away", () => expect(withRole(["viewer", "physicist"], "viewer", false)).toEqual(["physicist"]));
  it("sets are compared", () => expect([sameRoles(["viewer", "physicist"], ["physicist", "viewer"]), sameRoles(["viewer"], [])]).toEqual([true, false]));
  it("pages", () => expect([pageCount(0, 100), pageCount(100, 100), pageCount(101, 100)]).toEqual([1, 1, 2]));
});

describe("jobs", () => {
  const job: Job = { id: "1", kind: "analyse", state: "done", step: "", done: 1, total: 1, error: null, result: { analysis: "abc" }, by: "a", started: "2026-01-01T00:00:00Z", ended: "2026-01-01T00:03:05Z" };
  it("link to what they made, once they are done", () => {
    expect(linksOf(job)).toEqual([{ href: "/cohort/abc", word: "jobs.analysis" }]);
    expect(linksOf({ ...job, state: "failed" })).toEqual([]);
    expect(linksOf({ ...job, result: { cases: ["x", "y"] } }).map((each) => each.href)).toEqual(["/cases/x", "/cases/y"]);
  });
  it("take their time", () => {
    expect(secondsText(secondsOf(job, 0))).toBe("3 min 05 s");
    expect(secondsText(secondsOf({ ...job, ended: null }, Date.parse("2026-01-01T00:00:45Z")))).toBe("45 s");
    expect(secondsText(secondsOf({ ...job, started: null }, 0))).toBe("–");
  });
});
