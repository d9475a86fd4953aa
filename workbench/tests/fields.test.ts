import { describe, expect, it } from "vitest";
import { labelled, rememberFields } from "../src/language/fields";

rememberFields("measurement", [["longest_mm", "最长径"]], [["longest_mm", "Longest diameter"], ["on", "Date"]]);
rememberFields("visit", [["kps", "KPS"]], [["kps", "Karnofsky"], ["on", "Day of the visit"]]);

describe("English sentences name fields as the form does", () => {
  it("at the beginning of a sentence and of its parts", () => {
    expect(labelled("'longest_mm' is 'abc'; expected a number", "measurement")).toBe("'Longest diameter' is 'abc'; expected a number");
    expect(labelled("'on' of visit S-01, 2026 is in the future", "measurement")).toBe("'Day of the visit' of visit S-01, 2026 is in the future");
    expect(labelled("'on' is '31'; 'kps' is 'x'", "visit")).toBe("'Day of the visit' is '31'; 'Karnofsky' is 'x'");
  });
  it("and never what was typed, nor a name that two kinds call differently", () => {
    expect(labelled("'longest_mm' is 'kps'", "measurement")).toBe("'Longest diameter' is 'kps'");
    expect(labelled("the value has 'on' and its comparator", "visit")).toBe("the value has 'on' and its comparator");
    expect(labelled("'on' is empty", "")).toBe("'on' is empty");
  });
});
