/** What of a verification is drawn over the pictures, and in which order its seeds are looked at. */

import type { DrawnNeedle, DrawnSeed } from "../../viewer/drawing";
import type { Point } from "../../viewer/geometry";
import type { DoneState, SeenSeed } from "../../types/verifications";

export const COLOURS = { sure: "#7CFC00", doubtful: "#ffc857", hand: "#c9a3ff", planned: "#6cc3ff", refused: "#ff6b6b", topUp: "#ff7ae0" } as const;
const UP: Point = [0, 0, 1];
/** Numbers of drawn seeds: found ones their own, planned ones and those of a top-up negative, so that none is taken for another. */
const TOP_UP_FROM = -1_000_000;

/** Seeds that count are solid, planned ones dashed; what does not count is drawn where it is chosen. */
export function drawnSeeds(state: DoneState, chosen: number | null): DrawnSeed[] {
  const planned = state.planned.map((seed) => ({
    index: -seed.number,
    position_mm: seed.position_mm,
    axis: seed.axis ?? UP,
    colour: COLOURS.planned,
    dashed: true,
  }));
  const found = state.seeds
    .filter((seed) => seed.counts || seed.number === chosen)
    .map((seed) => ({
      index: seed.number,
      position_mm: seed.position_mm,
      axis: seed.axis ?? UP,
      colour: colourOf(seed),
      dashed: !seed.counts,
    }));
  const further = (state.top_up?.needles ?? []).flatMap((needle) =>
    needle.seeds.map((seed) => ({ position_mm: seed.position_mm, axis: along(needle.entry_mm, needle.tip_mm) })),
  );
  return [...planned, ...found, ...further.map((seed, at) => ({ ...seed, index: TOP_UP_FROM - at, colour: COLOURS.topUp }))];
}

export function colourOf(seed: SeenSeed): string {
  if (!seed.counts) return COLOURS.refused;
  if (seed.hand) return COLOURS.hand;
  return seed.doubtful ? COLOURS.doubtful : COLOURS.sure;
}

/** A line from each planned seed to the one that was found, and the needles of a top-up. */
export function drawnLines(state: DoneState): DrawnNeedle[] {
  const planned = new Map(state.planned.map((seed) => [seed.number, seed.position_mm]));
  const found = new Map(state.seeds.map((seed) => [seed.number, seed.position_mm]));
  const pairs = state.pairs.flatMap((pair) => {
    const [from, to] = [planned.get(pair.planned), found.get(pair.found)];
    return from && to ? [{ name: `${pair.planned}–${pair.found}`, entry_mm: from, tip_mm: to }] : [];
  });
  return [...pairs, ...(state.top_up?.needles ?? [])];
}

export function along(from: Point, to: Point): Point {
  const way = to.map((value, at) => value - (from[at] as number));
  const length = Math.hypot(...way) || 1;
  return way.map((value) => value / length) as Point;
}

/** The row to look at: all that is doubtful, the least certain first; its order does not follow the decisions. */
export function rowOf(seeds: readonly SeenSeed[]): SeenSeed[] {
  return seeds.filter((seed) => seed.doubtful).sort((one, two) => (one.confidence ?? 0) - (two.confidence ?? 0) || one.number - two.number);
}

/** The seeds with one of them where it is being dragged. */
export function withDragged(state: DoneState, dragged: { seed: number; position_mm: Point } | null): DoneState {
  if (!dragged) return state;
  const seeds = state.seeds.map((seed): SeenSeed =>
    seed.number === dragged.seed ? { ...seed, position_mm: dragged.position_mm, hand: seed.hand === "added" ? "added" : "moved" } : seed,
  );
  return { ...state, seeds };
}

/** Two ends nearer than this are one place, whose direction nobody knows. */
const ONE_PLACE_MM = 1.5;

/** A seed that was pointed at: its middle by a click, or from end to end, which tells its direction too. */
export function pointedAt(from: Point, to: Point): { position_mm: Point; axis?: Point } {
  const length = Math.hypot(...to.map((value, at) => value - (from[at] as number)));
  if (length < ONE_PLACE_MM) return { position_mm: from };
  return { position_mm: from.map((value, at) => (value + (to[at] as number)) / 2) as Point, axis: along(from, to) };
}

/** The next in the row of which nobody has said anything, after one and then from the start. */
export function nextOpen(row: readonly SeenSeed[], after: number): number | null {
  const at = row.findIndex((seed) => seed.number === after);
  const turned = [...row.slice(at + 1), ...row.slice(0, Math.max(at, 0))];
  return turned.find((seed) => seed.state === "open")?.number ?? null;
}

const SIDES = /([\d.]+) mm (right|left|anterior|posterior|superior|inferior)/g;

/** Where a cold region lies: the sides with their words, in the order in which they are said. */
export function sidesOf(place: string): { mm: number; side: Side }[] {
  return [...place.matchAll(SIDES)].map((found) => ({ mm: Number(found[1]), side: found[2] as Side }));
}

export type Side = "right" | "left" | "anterior" | "posterior" | "superior" | "inferior";
