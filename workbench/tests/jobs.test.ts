import { expect, test } from "vitest";
import { translate } from "../src/language";
import { waitingText } from "../src/parts/jobWords";

const english = (key: Parameters<typeof translate>[1], values?: Record<string, string | number>): string => translate("en", key, values);
const chinese = (key: Parameters<typeof translate>[1], values?: Record<string, string | number>): string => translate("zh", key, values);
const PLAN = { kind: "plan", started: "2026-11-28T03:31:09Z", by: "paula", patient_id: "P1" };

test("who waits is told what runs, whose it is and how many come before", () => {
  const before = { waiting: 2, running: [PLAN] };
  expect(waitingText(english, before)).toBe("Waiting for its turn: 2 wait before it; now runs: Planning (by paula, patient P1, since 03:31 UTC)");
  expect(waitingText(chinese, before)).toContain("前面有 2 项等待");
});

test("who sees no patients is told no names", () => {
  const before = { waiting: 0, running: [{ ...PLAN, by: "", patient_id: "" }] };
  expect(waitingText(english, before)).toBe("Waiting for its turn: next in turn; now runs: Planning (since 03:31 UTC)");
});

test("what was not asked is not told", () => {
  expect(waitingText(english, undefined)).toBe("Waiting for its turn");
});
