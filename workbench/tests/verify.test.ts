import { describe, expect, it } from "vitest";
import { implantationTexts } from "../src/pages/verify/implantation";
import { along, colourOf, COLOURS, drawnLines, drawnSeeds, nextOpen, pointedAt, rowOf, sidesOf, withDragged } from "../src/pages/verify/marks";
import { standingOf, surenessOf } from "../src/pages/verify/sureness";
import { anotherOf } from "../src/pages/verify/SearchedOtherwise";
import type { DoneState, SeenSeed } from "../src/types/verifications";

function seen(number: number, more: Partial<SeenSeed> = {}): SeenSeed {
  return {
    number,
    position_mm: [number, 0, 0],
    axis: [1, 0, 0],
    confidence: 0.9,
    doubtful: false,
    doubt: "",
    by_search: true,
    state: "open",
    by: "",
    at: "",
    why: "",
    hand: "",
    surplus: false,
    counts: true,
    in_dose: true,
    strength_u: 0.6,
    pair: null,
    distance_mm: null,
    ...more,
  };
}

const planned = { number: 1, position_mm: [1, 2, 0] as [number, number, number], axis: null, strength_u: 0.6, needle: null };
const pair = { planned: 1, found: 2, displacement_mm: [1, -2, 0] as [number, number, number], distance_mm: Math.sqrt(5), beyond_drift_mm: 0 };
const state = {
  seeds: [seen(1), seen(2, { doubtful: true }), seen(3, { counts: false, by_search: false, doubtful: true })],
  planned: [planned],
  pairs: [pair],
  top_up: { seeds: 1, needles: [{ name: "N1", entry_mm: [0, 0, 50], tip_mm: [0, 0, 0], seeds: [{ position_mm: [0, 0, 5], strength_u: 0.6 }] }] },
} as unknown as DoneState;

describe("what goes into the record of the implantation", () => {
  const approved = {
    ...state,
    implanted_on: "2026-01-05",
    prescription_gy: 120,
    numbering: { counting: 2, implanted: 2, first: 3, differ: false, explained: null },
    case_row: { study_date: "2026-01-06" },
    metrics: { given: { target: { d90_gy: 123.456, v100_pct: 91.72 } } },
  } as unknown as DoneState;

  it("is what was stated, planned and given", () => {
    expect(implantationTexts(approved)).toEqual({
      on: "2026-01-05",
      prescription_gy: "120",
      seeds_planned: "1",
      seeds_implanted: "2",
      strength_u: "0.6",
      verified_on: "2026-01-06",
      d90_gy: "123.5",
      v100_pct: "91.7",
    });
  });

  it("leaves out what is not known, and the strength of seeds that have several", () => {
    const numbering = { ...approved.numbering, implanted: null };
    const seeds = [seen(1), seen(2, { strength_u: 0.7 }), seen(3, { strength_u: 0.8, counts: false })];
    const found = implantationTexts({ ...approved, numbering, seeds, implanted_on: null, metrics: {} });
    expect(Object.keys(found)).toEqual(["prescription_gy", "seeds_planned", "verified_on"]);
  });
});

describe("what is drawn", () => {
  it("shows what counts solid, planned dashed, and what does not count only where it is chosen", () => {
    const drawn = drawnSeeds(state, null);
    expect(drawn.filter((seed) => seed.dashed).map((seed) => seed.index)).toEqual([-1]);
    expect(drawn.filter((seed) => seed.index > 0).map((seed) => seed.index)).toEqual([1, 2]);
    expect(drawnSeeds(state, 3).find((seed) => seed.index === 3)?.dashed).toBe(true);
    expect(new Set(drawn.map((seed) => seed.index)).size).toBe(drawn.length);
  });

  it("joins each pair, from the plan to what was found", () => {
    expect(drawnLines(state)[0]).toMatchObject({ entry_mm: [1, 2, 0], tip_mm: [2, 0, 0] });
    expect(drawnLines(state)[1]).toMatchObject({ name: "N1" });
  });

  it("tells doubt until somebody has looked", () => {
    expect(colourOf(seen(1, { doubtful: true }))).toBe(COLOURS.doubtful);
    expect(colourOf(seen(1, { doubtful: true, state: "accepted", hand: "accepted" }))).toBe(COLOURS.hand);
    expect(colourOf(seen(1))).toBe(COLOURS.sure);
    expect(colourOf(seen(1, { counts: false }))).toBe(COLOURS.refused);
  });

  it("lays the seeds of a top-up along their needle", () => {
    expect(along([0, 0, 50], [0, 0, 0])).toEqual([0, 0, -1]);
  });
});

describe("the row to look at", () => {
  const row = rowOf([seen(1), seen(2, { doubtful: true, confidence: 0.7 }), seen(3, { doubtful: true, confidence: 0.6 }), seen(4, { doubtful: true, confidence: 0.7 })]);

  it("begins with the least certain and keeps its order whatever is decided", () => {
    expect(row.map((seed) => seed.number)).toEqual([3, 2, 4]);
    expect(rowOf(row.map((seed) => ({ ...seed, state: "refused" as const }))).map((seed) => seed.number)).toEqual([3, 2, 4]);
  });

  it("goes on to the next of which nobody has said anything, around the end", () => {
    expect(nextOpen(row, 3)).toBe(2);
    expect(nextOpen(row, 4)).toBe(3);
    expect(nextOpen(row.map((seed) => ({ ...seed, state: "accepted" as const })), 3)).toBeNull();
  });
});

describe("the place of a cold region", () => {
  it("is read side by side", () => {
    expect(sidesOf("6 mm right and 8 mm posterior of the centre")).toEqual([
      { mm: 6, side: "right" },
      { mm: 8, side: "posterior" },
    ]);
    expect(sidesOf("at the centre")).toEqual([]);
  });
});

describe("a seed by hand", () => {
  it("is placed by a click whose direction nobody knows, or from end to end, which tells it", () => {
    expect(pointedAt([1, 2, 3], [1, 2, 3.5])).toEqual({ position_mm: [1, 2, 3] });
    expect(pointedAt([0, 0, 0], [0, 3, 4])).toEqual({ position_mm: [0, 1.5, 2], axis: [0, 0.6, 0.8] });
  });

  it("is where the hand holds it, and shown as put there by a person", () => {
    const held = withDragged(state, { seed: 1, position_mm: [9, 9, 9] });
    expect(held.seeds[0]).toMatchObject({ position_mm: [9, 9, 9], hand: "moved" });
    expect(colourOf(held.seeds[0] as SeenSeed)).toBe(COLOURS.hand);
    expect(held.seeds.slice(1)).toEqual(state.seeds.slice(1));
    expect(withDragged(state, null)).toBe(state);
  });

  it("never wears the confidence of the search as its own", () => {
    const words = { t: (key: string, values = {}) => `${key} ${JSON.stringify(values)}`, number: (value: number | null) => String(value) } as never;
    expect(surenessOf(words, seen(7, { confidence: null, by_search: false, hand: "added" }))).toContain("verify.by.added");
    expect(surenessOf(words, seen(2, { confidence: 0.6, doubtful: true, hand: "accepted" }))).toContain("verify.by.accepted");
    expect(surenessOf(words, seen(2))).toContain("verify.confidence");
  });

  it("waits for nobody where the search is certain", () => {
    expect(standingOf(seen(1))).toBe("certain");
    expect(standingOf(seen(1, { doubtful: true }))).toBe("open");
    expect(standingOf(seen(1, { state: "refused" }))).toBe("refused");
  });
});

describe("another verification with the number stated now", () => {
  it("is of the same plan and day, and asks for nothing that nobody stated", () => {
    const searched = { first: 23, now: 20, same: false, other: true };
    expect(anotherOf({ plan: "p", implanted_on: "2026-01-05", searched })).toEqual({ plan: "p", count: 20, implanted_on: "2026-01-05" });
    expect(anotherOf({ plan: "p", implanted_on: null, searched: { ...searched, now: null } })).toEqual({ plan: "p" });
  });
});
