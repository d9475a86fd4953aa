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
