import { describe, expect, it } from "vitest";
import { along, colourOf, COLOURS, drawnLines, drawnSeeds, nextOpen, rowOf, sidesOf } from "../src/pages/verify/marks";
import { toPlanning, toPost, turned } from "../src/pages/verify/motion";
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
    expect(colourOf(seen(1, { doubtful: true, state: "accepted" }))).toBe(COLOURS.sure);
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

describe("the way between the two CTs", () => {
  const quarter = { rotation: [[0, -1, 0], [1, 0, 0], [0, 0, 1]], shift_mm: [5, 0, 1] } as unknown as NonNullable<DoneState["to_post"]>;

  it("turns, then shifts, and comes back", () => {
    expect(toPost(quarter, [1, 0, 0])).toEqual([5, 1, 1]);
    expect(turned(quarter, [1, 0, 0])).toEqual([0, 1, 0]);
    toPlanning(quarter, toPost(quarter, [3, -7, 2])).forEach((value, at) => expect(value).toBeCloseTo([3, -7, 2][at] as number));
    expect(toPost(null, [1, 2, 3])).toEqual([1, 2, 3]);
  });
});
