import { describe, expect, it } from "vitest";
import { personName } from "../src/language/names";

describe("names of DICOM, by the examples of PS3.5, 6.2.1.1 and annexes H to J", () => {
  it.each([
    ["Adams^John Robert Quincy^^Rev.^B.A. M.Div.", "en", "Adams, Rev. John Robert Quincy B.A. M.Div."],
    ["Morrison-Jones^Susan^^^Ph.D., Chief Executive Officer", "en", "Morrison-Jones, Susan Ph.D., Chief Executive Officer"],
    ["Zhang^XiaoDong=張^小東=", "en", "Zhang, XiaoDong"],
    ["Zhang^XiaoDong=張^小東=", "zh", "張小東"],
    ["Wang^XiaoDong=王^小东=", "zh", "王小东"],
    ["=王^小东", "en", "王小东"],
    ["Doe", "zh", "Doe"],
    ["^^^^", "en", "^^^^"],
    ["", "en", ""],
  ])("%s", (value, language, shown) => {
    expect(personName(value, language)).toBe(shown);
  });
});
