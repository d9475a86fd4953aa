import { describe, expect, it } from "vitest";
import { fieldLabel, rememberFields } from "../src/language/fields";
import { sayerOf } from "../src/language/sentences";
import { chinese } from "../src/language/sentences/index";

const LABELS: Record<string, string> = { kps: "KPS", person: "姓名", longest_mm: "最长径" };
const say = sayerOf(chinese, (name) => LABELS[name]);
const english = Object.keys(chinese.whole);

/** A number where a number alone is told. */
const marked = (told: string, hole: string): string => (told.includes(`{${hole}=}`) ? `9${hole}` : `§${hole}`);

/** The sentence that a template stands for, its holes filled with what no template knows. */
function filledWith(template: string, filling: (hole: string) => string): string {
  return template.replace(/\{(\d+)\}/g, (_, hole: string) => filling(hole));
}

describe("a sentence in Chinese", () => {
  it("takes over what was typed and the label of the field", () => {
    expect(say("'kps' is '850'; expected a number from 0 to 100")).toBe("“KPS”填写为 '850'；应为 0 至 100 的数字");
  });
  it("says parts within", () => {
    expect(say("visit S-01, 1960 is before the birth of the patient, 1961-05")).toBe("随访 S-01, 1960早于患者出生日期 1961-05");
    expect(say("'on' is '5/2/2024', which is 2024-02-05 or 2024-05-02; expected a date of the calendar (2026-01-31, 2026-01 or 2026)")).toContain("可能是 2024-02-05 或 2024-05-02");
  });
  it("says sentences that follow each other, or none of them", () => {
    expect(say("all target lesions have gone; a new lesion: NEW1")).toBe("靶病灶全部消失；出现新病灶：NEW1");
    expect(say("all target lesions have gone; something that nobody translated")).toBeNull();
  });
  it("says where a fact was found, and when", () => {
    expect(say("screening S-01, 2022-04-29; 1673 days before", true)).toBe("筛选 S-01, 2022-04-29；1673 天前");
    expect(say("screening S-01, 2022-04-29")).toBeNull();
  });
  it("says nothing where no template fits, and never half", () => {
    expect(say("a sentence that nobody translated")).toBeNull();
    expect(say("")).toBeNull();
  });
  it("says what a workbook's page has where the command line has an option", () => {
    const said = say("patient S-01 has person 'Wang' in the register and 'Li' here: two patients with one identifier, or a correction; give one another identifier, or say that it is a correction below, and check again");
    expect(said).toContain("在登记库中的“姓名”为“Wang”，此处为“Li”");
    expect(said).toContain("或在下方勾选更正后重新校验");
    expect(say("3 records are voided in the register, or of voided patients, and stay so; to have them back, restore them below, and check again.")).toContain("请在下方勾选后重新校验");
    expect(say("something else is found in the workbook than was shown")).toBe("工作簿的校验结果与所示不同");
  });
  it("says who saved in the meantime, and when", () => {
    expect(say("visit S-01, 2026-03 was saved by zhang at 2026-03-05 10:00 since (version 7, not 5)")).toBe("随访 S-01, 2026-03此后已由 zhang 于 2026-03-05 10:00 保存（版本 7，而非 5）");
    expect(say("this plan was saved since (version 7, not 5)")).toBe("本计划此后已保存（版本 7，而非 5）");
  });
  it("does not read what a person wrote as a template", () => {
    expect(say("there is no patient '$1 {1~} <img src=x>'")).toBe("没有患者“$1 {1~} <img src=x>”");
  });
  it("is done with a long text of any kind at once", () => {
    const before = performance.now();
    say("'a' is ".repeat(500));
    say("; ".repeat(1900));
    say("x".repeat(1_000_000));
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe("never half a sentence", () => {
  it.each([
    "'kps' is '850'; expected a thing such as nobody has translated",
    "'kps' is empty; expected some thing",
    "diameter is 50 mm; expected some thing to 30 mm",
    "nobody said some thing",
  ])("in %s", (sentence) => {
    expect(say(sentence)).toBeNull();
    expect(say(sentence, true)).toBeNull();
  });
  it.each(["7 to 3, oral morphine equivalent 60 to 20", "some to more", "pain was left out", "visit of 2026-03 is not counted", "at most three on a needle"])("of a part: %s", (text) => {
    expect(say(text, true)).toBeNull();
  });
  it("prefers the template of more words, whole or part", () => {
    expect(say("pain 7 to 3, oral morphine equivalent 60 to 20 mg a day", true)).toBe("疼痛 7 → 3，口服吗啡等效剂量 60 → 20 mg/日");
    expect(say("1 to 30", true)).toBe(" 1 至 30");
  });
  it("keeps what somebody wrote, whatever it says", () => {
    expect(say("a new lesion: left of the trachea")).toBe("出现新病灶：left of the trachea");
    expect(say("'kps' is 'of no value'; expected a number from 0 to 100")).toBe("“KPS”填写为 'of no value'；应为 0 至 100 的数字");
  });
  it("in no template, where words that nobody translated stand in a hole that is said or a number", () => {
    const words = "some thing";
    const half = Object.entries({ ...chinese.whole, ...chinese.within }).flatMap(([template, told]) =>
      [...told.matchAll(/\{(\d+)[~=!]\}/g)].flatMap(([, open]) => {
        const sentence = filledWith(template, (hole) => (hole === open ? words : marked(told, hole)));
        return say(sentence, true)?.includes(words) ? [sentence] : [];
      }),
    );
    expect(half).toEqual([]);
  });
});

describe("the label of a field", () => {
  rememberFields("visit", [["on", "随访日期"], ["kps", "KPS"]]);
  rememberFields("drug course", [["on", "疗程日期"]]);
  rememberFields("death", [["on", "死亡日期"]]);
  const labelled = sayerOf(chinese, fieldLabel);

  it("is that of the form", () => {
    for (const [kind, label] of [["visit", "随访日期"], ["death", "死亡日期"], ["drug course", "疗程日期"]] as const) {
      expect(labelled("'on' is '2026-13-45'; expected a date (2026-01-31)", false, kind)).toBe(`“${label}”填写为 '2026-13-45'；应为日期（2026-01-31）`);
    }
  });
  it("is that of the record which the sentence names, in whatever form it is shown", () => {
    const sentence = "'on' of visit S1, 2027-01-01 is in the future; today is 2026-06-01";
    for (const kind of [undefined, "death", "visit"]) expect(labelled(sentence, false, kind)).toBe("随访 S1, 2027-01-01的“随访日期”在将来；今天是 2026-06-01");
  });
  it("is none where kinds differ and nothing says which is meant", () => {
    expect(fieldLabel("on", ["'visit' typed", ""])).toBeUndefined();
    expect(fieldLabel("kps", [])).toBe("KPS");
    expect(fieldLabel("nothing", ["visit"])).toBeUndefined();
  });
});

describe("the table", () => {
  const holesOf = (text: string): string[] => [...text.matchAll(/\{(\d+)[~#!@=]?\}/g)].map((each) => each[1] ?? "");

  it("has in each translation no hole that its sentence lacks, and no half of one", () => {
    const every = [...Object.entries(chinese.whole), ...Object.entries(chinese.within)];
    const wrong = every.filter(([from, to]) => {
      const known = holesOf(from);
      return !to.trim() || holesOf(to).some((each) => !known.includes(each)) || to.replace(/\{\d+[~#!@=]?\}/g, "").match(/[{}]/);
    });
    expect(wrong).toEqual([]);
  });
  it("has no template that takes the sentence of another", () => {
    const taken = english.filter((template) => {
      const told = chinese.whole[template] ?? "";
      if (told.includes("!}")) return say(filledWith(template, (hole) => marked(told, hole))) !== null; // never half
      return say(filledWith(template, (hole) => marked(told, hole))) !== told.replace(/\{(\d+)[~#!@=]?\}/g, (_, hole: string) => marked(told, hole));
    });
    expect(taken).toEqual([]);
  });
});

describe("a note of a verification in Chinese", () => {
  it.each([
    ["As many seeds were found as were implanted, 20.", "识别到的粒子与植入数一致，20 颗。"],
    ["Look at 6 seeds in doubt: 2, 3, 5, 7, 17, 19.", "请查看存疑的 6 颗粒子：2, 3, 5, 7, 17, 19。"],
    ["Not counted: 1 bright thing that may be seeds; look at the pictures.", "未计入： 1 个亮物，可能是粒子；请查看图像。"],
    ["By hand: 1 added, 3 deleted.", "手动：添加 1 颗，删除 3 颗。"],
    ["too little metal: 0.3 of a seed", "金属明显偏少：相当于 0.3 颗粒子"],
    ["Seed 3 was refused by hand: a clip (wang, 2026-01-06).", "粒子 3 被手动拒绝：a clip（wang，2026-01-06）。"],
    ["Seed 7 was added by hand at (1.0, 2.0, 3.2) mm: missed by the search (A, 2026-01-06).", "粒子 7 手动添加，位于 (1.0, 2.0, 3.2) mm：missed by the search（A，2026-01-06）。"],
    ["The seeds lie as wide apart as planned: +4 % in volume (standard error 8), by 20 pairs.", "粒子分布与计划一样宽：按 20 对粒子，体积变化 +4 %（标准误 8）。"],
    [
      "The implant lies 0.3 mm right (standard error 0.5), 0.5 mm posterior (0.3) and 1.0 mm inferior (0.5), no more than chance explains (p = 0.121).",
      "植入整体偏右 0.3 mm（标准误 0.5）、后 0.5 mm（0.3）、足侧 1.0 mm（0.5），未超出偶然所能解释（p = 0.121）。",
    ],
    [
      "It is turned 3.6 degrees (standard error 1.6) about right-left (26 degrees off), its posterior side to inferior, more than chance explains (p < 0.001).",
      "整体绕右—左轴（偏 26 度）旋转 3.6 度（标准误 1.6），其后侧转向足侧，超出偶然所能解释（p < 0.001）。",
    ],
    [
      "The top-up breaks an aim that the implant kept: target V150 at most 60 %: 66.98 %, missed by 6.98 %. Weigh it before use.",
      "补种会使原已满足的期望目标不再满足：target V150 不高于 60 %：66.98 %，超出 6.98 %。使用前请权衡。",
    ],
    [
      "Seed 3 has migrated: it lies in lung 90 mm from the nearest planned place, 90 mm inferior of the centre.",
      "粒子 3已移位：距最近的计划位置（位于肺内） 90 mm，在中心的足侧 90 mm处。",
    ],
    [
      "The day of implantation was not stated: strengths are dated to the day of the plan's strengths, 2026-01-05; state it where it is another.",
      "未说明植入日期：强度按计划强度之日 2026-01-05 计；如为其他日期请说明。",
    ],
    ["Registration of the two CTs, look closely: the overlap of bone is 0.55, at least 0.6 needed: judge it by the checker-board.", "两次 CT 的配准需仔细核对：骨重叠度为 0.55，至少需 0.6：请以棋盘图判断。"],
  ])("says %s", (sentence, told) => {
    expect(say(sentence)).toBe(told);
  });
});
