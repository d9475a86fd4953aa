/** What of a pair is plain calculation: which CTs first, addresses, overlays, the PET scale, where the figure looks. */

import type { DonePair, MatchBy, PairCt, PairPlace, PairSections, SeedMark, Side } from "../../../types/pairs";
import type { DrawnStructure } from "../../../viewer/cuts";
import type { DrawnSeed } from "../../../viewer/drawing";
import type { Point } from "../../../viewer/geometry";
import type { ViewState } from "../../../viewer/viewState";

export interface Choice {
  before: string;
  after: string;
  by: MatchBy;
  /** Structure of the CT before about which they are matched; empty: the one that is treated. */
  target: string;
}

/** The CTs to begin with: the last one before seeds were implanted and the latest one, else the first and the latest. */
export function firstChoice(cts: readonly PairCt[]): Choice | null {
  if (cts.length < 2) return null;
  const latest = cts[cts.length - 1] as PairCt;
  const earlier = cts.slice(0, -1);
  const untreated = earlier.filter((ct) => ct.days_from_implant !== null && ct.days_from_implant < 0);
  const before = untreated[untreated.length - 1] ?? (earlier[0] as PairCt);
  return { before: before.case, after: latest.case, by: "registration", target: "" };
}

/** The choice that an address names, where those CTs are there. */
export function choiceOf(search: URLSearchParams, cts: readonly PairCt[]): Choice | null {
  const first = firstChoice(cts);
  if (!first) return null;
  const known = (name: string | null): string | null => (cts.some((ct) => ct.case === name) ? name : null);
  return {
    before: known(search.get("before")) ?? first.before,
    after: known(search.get("after")) ?? first.after,
    by: search.get("by") === "frame" ? "frame" : "registration",
    target: search.get("target") ?? "",
  };
}

export function queryOf(choice: Choice, more: Record<string, string | number | boolean> = {}): string {
  const values = { ...choice, ...more };
  return new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();
}

export const SEED_COLOURS = { planned: "#6cc3ff", found: "#7CFC00" } as const;
const FROM: Record<keyof typeof SEED_COLOURS, number> = { planned: -1, found: 1 };

/** Seeds of one side: planned ones dashed, found ones solid. */
export function seedMarks(seeds: DonePair["seeds"][Side]): DrawnSeed[] {
  const drawn = (kind: keyof typeof SEED_COLOURS, marks: readonly SeedMark[]): DrawnSeed[] =>
    marks.map((mark, at) => ({ index: FROM[kind] * (at + 1), ...mark, colour: SEED_COLOURS[kind], dashed: kind === "planned" }));
  return [...drawn("planned", seeds.planned), ...drawn("found", seeds.found)];
}

/** Contours over the CT after: its own, and the lesion as it was before, dashed. */
export function contoursAfter(own: PairSections | undefined, before: readonly DrawnStructure[], around: string): DrawnStructure[] {
  const lesion = before.filter((each) => each.name === around).map((each) => ({ ...each, dashed: true }));
  return [...lesion, ...(own?.structures ?? [])];
}

const ROUND = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
/** A usual end of the scale: what is brighter is rarely the lesion, but the bladder or the brain. */
const USUAL_END = 10;

/** End of the PET scale to begin with: the highest value, rounded up, and not above 10. */
export function scaleEnd(highest: number): number {
  if (!(highest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const found = ROUND.find((step) => step * power >= highest * (1 - 1e-6)) ?? 10;
  return Math.min(USUAL_END, Number((found * power).toPrecision(3)));
}

export function highestOf(values: Float32Array): number {
  let highest = 0;
  for (const value of values) if (value > highest) highest = value;
  return highest;
}

/** How much a size has changed, percent; null where one of them is not known. */
export function changePct(before: number | undefined, after: number | undefined): number | null {
  return before && after !== undefined ? 100 * (after / before - 1) : null;
}

/** A number with its sign; minus is the typographic one. */
export function signed(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value).toFixed(0)}`;
}

/** The place before or after one, in the order of the list, round and round. */
export function stepPlace(places: readonly PairPlace[], at: number, by: 1 | -1): number {
  return places.length ? (at + by + places.length) % places.length : -1;
}

/** The place that is looked at: the one within half a slice of the crosshair, -1 for none. */
export function placeAt(places: readonly PairPlace[], crosshair: Point, slice_mm: number): number {
  return places.findIndex(({ position_mm }) => Math.abs(position_mm[2] - crosshair[2]) <= slice_mm / 2 + 1e-6 && Math.hypot(position_mm[0] - crosshair[0], position_mm[1] - crosshair[1]) < 0.5);
}

const FIELD_MM: [number, number] = [20, 700];

/** Where the figure looks: the middle of what is shown at the height of the crosshair, its side and window. */
export function pictureView(state: ViewState, size_px: readonly [number, number]): { at: string; field_mm: string; window: string } {
  const [x, y] = state.centre_mm;
  const field = Math.min(FIELD_MM[1], Math.max(FIELD_MM[0], Math.min(...size_px) / state.zoom));
  const { centre_hu, width_hu } = state.window;
  return {
    at: [x, y, state.crosshair_mm[2]].map((value) => value.toFixed(2)).join(","),
    field_mm: field.toFixed(0),
    window: `${(centre_hu - width_hu / 2).toFixed(0)},${(centre_hu + width_hu / 2).toFixed(0)}`,
  };
}
