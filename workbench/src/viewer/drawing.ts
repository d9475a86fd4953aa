/** What lies over the grey picture: structures, isodose lines, needles, seeds, crosshair, letters. */

import { type DrawnStructure, edgesOf, planeStep, polygonsAt, runsAt } from "./cuts";
import { type Mapping, placeOf, type Point, toScreen } from "./geometry";
import { type DosePlane, type Isoline } from "./isolines";

export interface DrawnSeed {
  index: number;
  position_mm: Point;
  axis: Point;
  colour?: string;
  /** Dashed: planned beside found, or not yet accepted. */
  dashed?: boolean;
}

export interface DrawnNeedle {
  name: string;
  entry_mm: Point;
  tip_mm: Point;
}

/** What of a needle can be taken hold of: an end, or the middle, which moves both. */
export type NeedleGrip = "entry" | "tip" | "middle";

export const SEED_LENGTH_MM = 4.5;
export const SEED_WIDTH_MM = 0.8;
/** How far from the plane a seed is still shown, faint. */
const SEED_REACH_MM = 6;
type Pen = CanvasRenderingContext2D;

/** Isodose levels in percent of the prescription, and their colours. */
export const ISODOSES: readonly { pct: number; colour: string }[] = [
  { pct: 50, colour: "#4aa3ff" },
  { pct: 80, colour: "#2fd6c3" },
  { pct: 100, colour: "#ffd23f" },
  { pct: 150, colour: "#ff8c2e" },
  { pct: 200, colour: "#e352ff" },
];

export function drawStructure(pen: Pen, map: Mapping, structure: DrawnStructure, position_mm: number, sliceStep_mm: number): void {
  const { axis } = map.plane;
  const step = planeStep(structure, sliceStep_mm);
  pen.strokeStyle = structure.colour;
  pen.lineWidth = structure.role === "target" ? 2 : 1.2;
  pen.setLineDash(structure.dashed ? [6, 4] : []);
  pen.beginPath();
  if (axis === "z") {
    for (const polygon of polygonsAt(structure, position_mm, step)) {
      polygon.forEach(([x, y], at) => {
        const [px, py] = toScreen(map, [x, y, position_mm]);
        if (at) pen.lineTo(px, py);
        else pen.moveTo(px, py);
      });
      pen.closePath();
    }
  } else {
    const runs = runsAt(structure, axis, position_mm);
    const line = (from_mm: number, from_z: number, to_mm: number, to_z: number): void => {
      const [one, two]: [Point, Point] = [[position_mm, position_mm, from_z], [position_mm, position_mm, to_z]];
      one[map.plane.right] = from_mm;
      two[map.plane.right] = to_mm;
      pen.moveTo(...toScreen(map, one));
      pen.lineTo(...toScreen(map, two));
    };
    for (const { z_mm, from_mm, to_mm } of runs) {
      line(from_mm, z_mm - step / 2, from_mm, z_mm + step / 2);
      line(to_mm, z_mm - step / 2, to_mm, z_mm + step / 2);
    }
    for (const { z_mm, from_mm, to_mm } of edgesOf(runs, step)) line(from_mm, z_mm, to_mm, z_mm);
  }
  pen.stroke();
  pen.setLineDash([]);
}

export function drawIsolines(pen: Pen, map: Mapping, lines: readonly Isoline[], colours: ReadonlyMap<number, string>): void {
  pen.lineWidth = 1.4;
  for (const isoline of lines) {
    pen.strokeStyle = colours.get(isoline.level_gy) ?? "#fff";
    pen.beginPath();
    for (const line of isoline.lines)
      line.forEach((place, at) => {
        const [x, y] = onPlane(map, place);
        if (at) pen.lineTo(x, y);
        else pen.moveTo(x, y);
      });
    pen.stroke();
  }
}

function onPlane(map: Mapping, [right, down]: readonly [number, number]): [number, number] {
  const point: Point = [0, 0, 0];
  point[map.plane.right] = right;
  point[map.plane.down] = down;
  return toScreen(map, point);
}

/** Colours of a dose wash, one RGBA word a value: transparent below half of the prescription. */
export function washWords(plane: DosePlane, prescription_gy: number): Uint32Array {
  const steps = ISODOSES.map(({ pct, colour }) => ({ from: (pct / 100) * prescription_gy, word: wordOf(colour, 0x66) }));
  const words = new Uint32Array(plane.dose_gy.length);
  for (let at = 0; at < words.length; at++) {
    const dose = plane.dose_gy[at] as number;
    for (const step of steps) if (dose >= step.from) words[at] = step.word;
  }
  return words;
}

function wordOf(colour: string, alpha: number): number {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)) as [number, number, number];
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function drawNeedle(pen: Pen, map: Mapping, needle: DrawnNeedle, position_mm: number, reach_mm: number, chosen: boolean): void {
  const at = placeOf(map.plane.axis);
  const [from, to] = [needle.entry_mm[at] - position_mm, needle.tip_mm[at] - position_mm];
  const share = (value: number): number => (value - from) / (to - from);
  let [start, end] = [0, 1];
  if (Math.abs(to - from) < 1e-9) {
    if (Math.abs(from) > reach_mm) return;
  } else {
    const both = [share(-reach_mm), share(reach_mm)].sort((one, two) => one - two) as [number, number];
    start = Math.max(0, both[0]);
    end = Math.min(1, both[1]);
    if (start >= end) return;
  }
  const along = (part: number): Point => needle.entry_mm.map((value, i) => value + part * ((needle.tip_mm[i] as number) - value)) as Point;
  const [x0, y0] = toScreen(map, along(start));
  const [x1, y1] = toScreen(map, along(end));
  pen.strokeStyle = chosen ? "#ffd23f" : "rgba(244,247,250,0.75)";
  pen.lineWidth = chosen ? 2 : 1;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

/** A seed as the shadow of its capsule: bright where the plane cuts it, fainter the further it lies. */
export function drawSeed(pen: Pen, map: Mapping, seed: DrawnSeed, position_mm: number, chosen: boolean): void {
  const at = placeOf(map.plane.axis);
  const half = (SEED_LENGTH_MM - SEED_WIDTH_MM) / 2;
  const off = Math.max(0, Math.abs(seed.position_mm[at] - position_mm) - Math.abs(seed.axis[at]) * half - SEED_WIDTH_MM / 2);
  if (off > SEED_REACH_MM) return;
  const ends = [-half, half].map((shift) => toScreen(map, seed.position_mm.map((value, i) => value + shift * (seed.axis[i] as number)) as Point));
  const [[x0, y0], [x1, y1]] = ends as [[number, number], [number, number]];
  pen.globalAlpha = off ? 0.55 * (1 - off / SEED_REACH_MM) : 1;
  pen.lineCap = "round";
  pen.setLineDash(seed.dashed ? [2, 3] : []);
  for (const [width, colour] of [
    [SEED_WIDTH_MM * map.scale + (chosen ? 5 : 2), chosen ? "#ffd23f" : "#00000099"],
    [Math.max(SEED_WIDTH_MM * map.scale, 2), seed.colour ?? "#7CFC00"],
  ] as const) {
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1 + (x0 === x1 && y0 === y1 ? 0.01 : 0), y1);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  pen.lineCap = "butt";
}

export function drawCrosshair(pen: Pen, map: Mapping, place: Point, width: number, height: number): void {
  const [x, y] = toScreen(map, place);
  pen.strokeStyle = "rgba(74,163,255,0.55)";
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(0, y);
  pen.lineTo(x - 8, y);
  pen.moveTo(x + 8, y);
  pen.lineTo(width, y);
  pen.moveTo(x, 0);
  pen.lineTo(x, y - 8);
  pen.moveTo(x, y + 8);
  pen.lineTo(x, height);
  pen.stroke();
}

export function drawLetters(pen: Pen, map: Mapping, width: number, height: number): void {
  const { left, right, top, bottom } = map.plane.letters;
  pen.font = "600 13px sans-serif";
  pen.fillStyle = "#e6edf3";
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.fillText(left, 6, height / 2);
  pen.textAlign = "right";
  pen.fillText(right, width - 24, height / 2);
  pen.textAlign = "center";
  pen.fillText(top, width / 2, 12);
  pen.fillText(bottom, width / 2, height - 12);
}

/** A bar of 10 or 50 mm, whichever is at least 40 pixels. */
export function drawScale(pen: Pen, map: Mapping, width: number, height: number): void {
  const length_mm = map.scale * 10 >= 40 ? 10 : 50;
  const length = length_mm * map.scale;
  pen.strokeStyle = "#e6edf3";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(width - 10 - length, height - 26);
  pen.lineTo(width - 10, height - 26);
  pen.stroke();
  pen.font = "11px sans-serif";
  pen.textAlign = "right";
  pen.textBaseline = "bottom";
  pen.fillStyle = "#e6edf3";
  pen.fillText(`${length_mm} mm`, width - 10, height - 29);
}

/** The seed nearest to a pixel, if one is near enough to take hold of. */
export function seedUnder(map: Mapping, seeds: readonly DrawnSeed[], position_mm: number, x: number, y: number): DrawnSeed | null {
  const at = placeOf(map.plane.axis);
  let best: DrawnSeed | null = null;
  let least = Math.max(9, SEED_LENGTH_MM * 0.5 * map.scale);
  for (const seed of seeds) {
    if (Math.abs(seed.position_mm[at] - position_mm) > SEED_REACH_MM) continue;
    const [px, py] = toScreen(map, seed.position_mm);
    const apart = Math.hypot(px - x, py - y);
    if (apart < least) {
      least = apart;
      best = seed;
    }
  }
  return best;
}

const HANDLE_PX = 6;
const GRIPS: readonly NeedleGrip[] = ["tip", "entry", "middle"];

/** Where a needle can be taken hold of. */
export function gripPlace(needle: DrawnNeedle, grip: NeedleGrip): Point {
  if (grip === "entry") return needle.entry_mm;
  if (grip === "tip") return needle.tip_mm;
  return needle.entry_mm.map((value, at) => (value + (needle.tip_mm[at] as number)) / 2) as Point;
}

/** Handles of the chosen needle: a ring at the entry, a triangle at the tip, a square in the middle; fainter away from the plane. */
export function drawHandles(pen: Pen, map: Mapping, needle: DrawnNeedle, position_mm: number): void {
  for (const grip of GRIPS) {
    const place = gripPlace(needle, grip);
    const [x, y] = toScreen(map, place);
    pen.globalAlpha = Math.abs(place[placeOf(map.plane.axis)] - position_mm) > SEED_REACH_MM ? 0.55 : 1;
    pen.fillStyle = "#000000aa";
    pen.strokeStyle = "#ffd23f";
    pen.lineWidth = 2;
    pen.beginPath();
    if (grip === "entry") pen.arc(x, y, HANDLE_PX, 0, 2 * Math.PI);
    else if (grip === "middle") pen.rect(x - HANDLE_PX + 1, y - HANDLE_PX + 1, 2 * HANDLE_PX - 2, 2 * HANDLE_PX - 2);
    else {
      pen.moveTo(x, y - HANDLE_PX);
      pen.lineTo(x + HANDLE_PX, y + HANDLE_PX);
      pen.lineTo(x - HANDLE_PX, y + HANDLE_PX);
      pen.closePath();
    }
    pen.fill();
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/** The handle of a needle under a pixel. */
export function handleUnder(map: Mapping, needle: DrawnNeedle, x: number, y: number): NeedleGrip | null {
  return (
    GRIPS.find((grip) => {
      const [px, py] = toScreen(map, gripPlace(needle, grip));
      return Math.hypot(px - x, py - y) <= HANDLE_PX + 4;
    }) ?? null
  );
}
