import { expect, it } from "vitest";
import { withoutOptions } from "../src/language/options";

it("leaves options of the command line out, and nothing else", () => {
  expect(withoutOptions("state that day (--implant-date), or (a) wait")).toBe("state that day, or (a) wait");
  expect(withoutOptions("5 (-- not known)")).toBe("5 (-- not known)");
});
