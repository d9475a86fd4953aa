import { describe, expect, it } from "vitest";
import { encodedName } from "../src/api";
import { fieldLabel, labelled } from "../src/language/fields";
import { sayerOf } from "../src/language/sentences";
import { chinese } from "../src/language/sentences/index";

const say = sayerOf(chinese, (name) => fieldLabel(name, []));

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
    ["the upload holds 7 damaged files, nothing was imported: file 'a b' ends within (7fe0,0010), read by its TransferSyntaxUID 1.2.840.10008.1.2.1; file 'c' is not a DICOM file; and 2 more", "上传内容中有 7 个损坏的文件，未导入任何内容：文件“a b”在 (7fe0,0010) 之中中断（按其 TransferSyntaxUID 1.2.840.10008.1.2.1 读取）；文件“c”不是 DICOM 文件；另有 2 个"],
    ["the upload holds 2 damaged files, nothing was imported: file 'a; b' ends within (7fe0,0010), read by its TransferSyntaxUID 1.2; file 'c' is odd", "上传内容中有 2 个损坏的文件，未导入任何内容：file 'a; b' ends within (7fe0,0010), read by its TransferSyntaxUID 1.2; file 'c' is odd"],
    ["1 object was not imported ('later/IM1': object 1.2.3 is in the store with other content (patient 'A' (One) there, patient 'B' (Two) here))", "1 个对象未导入（“later/IM1”：对象 1.2.3 已在存储区中，但内容不同（库中为患者 'A' (One)，此处为患者 'B' (Two)））"],
    ["3 objects were not imported (the first: 'IM1': object 1.2.3 is in the store with other content (patient 'A' (One)))", "3 个对象未导入（首个为“IM1”：对象 1.2.3 已在存储区中，但内容不同（患者 'A' (One)））"],
    ["The store now holds objects without a patient ID: '' (no name), '' (Other^Man). Is it one patient?", "存储区现有没有患者编号的对象：'' (no name), '' (Other^Man)。是否为同一患者？"],
    ["the sheet 'Visits' of 'a.xlsx' has 1048576 rows and 16384 columns, by what stands in B1048576, XFD3", "“a.xlsx”的工作表“Visits”有 1048576 行 16384 列，因为 B1048576, XFD3 中有内容"],
    ["2 files of the upload are still arriving", "上传内容中有 2 个文件仍在传输"],
    ["'a.xlsx' has no records (a.xlsx: the sheet 'Menu' is not known and was not read)", "“a.xlsx”中没有记录（a.xlsx：未知的工作表“Menu”，未读取）"],
  ])("%s", (english, told) => {
    expect(say(english)).toBe(told);
  });
});

describe("what is said of the cells of a workbook in Chinese", () => {
  it.each([
    ["'patient_id' is empty; expected identifier of the patient in this register, a text of at most 2000 signs; no patient was read from this row", "“患者编号”为空；应填写：本登记库中的患者编号（最多 2000 个字符的文字）；该行未读取患者"],
    ["'patient_id' is a formula whose value was never worked out; expected a text of at most 2000 signs; no patient was read from this row", "“患者编号”填写为 从未计算出值的公式；应为最多 2000 个字符的文字；该行未读取患者"],
    ["'patient_id' is #DIV/0!, an error of the spreadsheet; expected a text of at most 2000 signs", "“患者编号”填写为 #DIV/0!（电子表格的错误）；应为最多 2000 个字符的文字"],
    ["'patient_id' is part of the merged cell A2; expected a text of at most 2000 signs", "“患者编号”填写为 合并单元格 A2 的一部分；应为最多 2000 个字符的文字"],
    ["'patient_id' is empty; expected short name of the lesion, such as T1, a text of at most 2000 signs", "“患者编号”为空；应填写：病灶简称（如 T1）（最多 2000 个字符的文字）"],
  ])("%s", (english, told) => {
    expect(say(english)).toBe(told);
  });
  it("calls the column as the sheet does in English", () => {
    expect(labelled("'patient_id' is empty; expected identifier", "visit")).toBe("'Patient' is empty; expected identifier");
  });
});
