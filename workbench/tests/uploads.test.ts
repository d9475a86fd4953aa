import { describe, expect, it } from "vitest";
import { encodedName } from "../src/api";
import { sayerOf } from "../src/language/sentences";
import { chinese } from "../src/language/sentences/index";

const say = sayerOf(chinese);

describe("the name of a file in a header", () => {
  it.each(["scan/IM0001", "50%.dcm", "扫描/a b", "<script>", "../x"])("%s comes back", (name) => {
    expect(encodedName(name)).toMatch(/^[\x21-\x7e]+$/);
    expect(decodeURIComponent(encodedName(name))).toBe(name);
  });
  it("has no sign that cannot be seen", () => {
    expect(decodeURIComponent(encodedName("a\n\u202eb\ud800"))).toBe("a\ufffd\ufffdb\ufffd");
  });
  it("is the end of a long one, whole signs alone", () => {
    const name = decodeURIComponent(encodedName(`${"😀".repeat(600)}/IM1`));
    expect([...name]).toHaveLength(500);
    expect(name.endsWith("😀/IM1")).toBe(true);
  });
});

describe("what is said of an import in Chinese", () => {
  it.each([
    ["the upload holds 2 files and no DICOM object among them", "上传内容的2 个文件中没有 DICOM 对象"],
    ["1 file is no DICOM object and was passed over ('scan/a; b.txt').", "1 个文件不是 DICOM 对象，已略过（'scan/a; b.txt'）。"],
    ["2 archives were not looked into ('a.rar', 'b.7z'); unpack to import what is in there.", "2 个压缩包未查看（'a.rar', 'b.7z'）；请解压后导入其中内容。"],
    ["the upload holds 1 damaged file, nothing was imported: file 'scan/IM1' is odd", "上传内容中有 1 个损坏的文件，未导入任何内容：file 'scan/IM1' is odd"],
    ["'a.xlsx' has no records (a.xlsx: the sheet 'Menu' is not known and was not read)", "“a.xlsx”中没有记录（a.xlsx：未知的工作表“Menu”，未读取）"],
  ])("%s", (english, told) => {
    expect(say(english)).toBe(told);
  });
});
