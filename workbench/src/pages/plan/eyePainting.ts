/** Paints the CT in a plane of any direction, with outlines, isodose lines, needles and seeds. */

import type { PlanNeedle, PlanSeed } from "../../types/plans";
import { ISODOSES, SEED_LENGTH_MM, SEED_WIDTH_MM } from "../../viewer/drawing";
import type { Point } from "../../viewer/geometry";
import { type Isoline, isolines, type ValuePlane } from "../../viewer/isolines";
import { type GreyWindow, greyTable } from "../../viewer/windowing";
import { inPlane, letterOf } from "./eye";
import type { EyePicture } from "./NeedleEye";

export interface EyeOverlay {
  outlines: { colour: string; lines: [number, number][][] }[];
  isolines: Isoline[];
  prescription_gy: number;
  seeds: readonly PlanSeed[];
  needles: readonly PlanNeedle[];
  chosen: number;
}

/** How far from the plane a seed or needle is still shown. */
const NEAR_MM = 3;
type Pen = CanvasRenderingContext2D;
type Place = (place: readonly [number, number]) => [number, number];

export function doseLines(dose: ValuePlane, prescription_gy: number): Isoline[] {
  return isolines(dose, ISODOSES.map(({ pct }) => (pct / 100) * prescription_gy));
}

export function paintEye(canvas: HTMLCanvasElement, [width, height]: [number, number], picture: EyePicture, window: GreyWindow, over: EyeOverlay): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, width, height);
  const { plane } = picture;
  const [rows, columns] = plane.shape;
  const scale = Math.min(width / (columns * plane.spacing_mm), height / (rows * plane.spacing_mm));
  const [left, top] = [(width - columns * plane.spacing_mm * scale) / 2, (height - rows * plane.spacing_mm * scale) / 2];
  const half = plane.spacing_mm / 2;
  const onScreen: Place = ([right, down]) => [left + (right + half) * scale, top + (down + half) * scale];
  pen.drawImage(greySheet(picture, window), left, top, columns * plane.spacing_mm * scale, rows * plane.spacing_mm * scale);
  for (const { colour, lines } of over.outlines) strokeLines(pen, lines, onScreen, colour, 1.3);
  over.isolines.forEach((isoline, at) => strokeLines(pen, isoline.lines, onScreen, ISODOSES[at]?.colour ?? "#fff", 1.4));
  for (const needle of over.needles) paintNeedle(pen, picture, needle, onScreen, needle.index === over.chosen);
  for (const seed of over.seeds) paintSeed(pen, picture, seed, onScreen, scale);
  paintLetters(pen, picture, width, height);
}

function greySheet({ plane, hu }: EyePicture, window: GreyWindow): OffscreenCanvas {
  const [rows, columns] = plane.shape;
  const table = greyTable(window);
  const words = Uint32Array.from(hu, (value) => table[value + 32768] as number);
  const sheet = new OffscreenCanvas(columns, rows);
  const pen = sheet.getContext("2d");
  if (!pen) throw new Error("this browser draws no pictures off the screen");
  const data = pen.createImageData(columns, rows);
  new Uint32Array(data.data.buffer).set(words);
  pen.putImageData(data, 0, 0);
  return sheet;
}

function strokeLines(pen: Pen, lines: readonly (readonly [number, number][])[], onScreen: Place, colour: string, width: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  for (const line of lines)
    line.forEach((place, at) => {
      const [x, y] = onScreen(place);
      if (at) pen.lineTo(x, y);
      else pen.moveTo(x, y);
    });
  pen.stroke();
}

/** A needle: the part of it that is near the plane, or a ring where it passes through. */
function paintNeedle(pen: Pen, { plane }: EyePicture, needle: PlanNeedle, onScreen: Place, chosen: boolean): void {
  const [u0, v0, w0] = inPlane(plane, needle.entry_mm);
  const [u1, v1, w1] = inPlane(plane, needle.tip_mm);
  const at = (share: number): [number, number] => [u0 + share * (u1 - u0), v0 + share * (v1 - v0)];
  let [from, to] = [0, 1];
  if (Math.abs(w1 - w0) > 1e-9) {
    const ends = [(-NEAR_MM - w0) / (w1 - w0), (NEAR_MM - w0) / (w1 - w0)].sort((one, two) => one - two) as [number, number];
    [from, to] = [Math.max(0, ends[0]), Math.min(1, ends[1])];
  } else if (Math.abs(w0) > NEAR_MM) return;
  if (from > to) return;
  strokeLines(pen, [[at(from), at(to)]], onScreen, chosen ? "#ffd23f" : "rgba(244,247,250,0.8)", chosen ? 2 : 1.2);
  const [x, y] = onScreen(at((from + to) / 2));
  if (Math.hypot(u1 - u0, v1 - v0) > Math.abs(w1 - w0)) return;
  pen.beginPath();
  pen.arc(x, y, chosen ? 6 : 4, 0, 2 * Math.PI);
  pen.stroke();
  if (chosen) return;
  pen.font = "11px sans-serif";
  pen.fillStyle = "#e6edf3";
  pen.fillText(needle.name, x + 7, y - 5);
}

function paintSeed(pen: Pen, { plane }: EyePicture, seed: PlanSeed, onScreen: Place, scale: number): void {
  const half = (SEED_LENGTH_MM - SEED_WIDTH_MM) / 2;
  const axis: Point = seed.axis ?? [0, 0, 1];
  const end = (shift: number): [number, number, number] =>
    inPlane(plane, seed.position_mm.map((value, at) => value + shift * (axis[at] as number)) as Point);
  const [one, two] = [end(-half), end(half)];
  const nearest = one[2] * two[2] <= 0 ? 0 : Math.min(Math.abs(one[2]), Math.abs(two[2]));
  if (nearest > NEAR_MM) return;
  pen.globalAlpha = nearest > SEED_WIDTH_MM ? 0.5 : 1;
  pen.lineCap = "round";
  for (const [width, colour] of [[SEED_WIDTH_MM * scale + 2, "#000000aa"], [Math.max(2, SEED_WIDTH_MM * scale), "#7CFC00"]] as const)
    strokeLines(pen, [[[one[0], one[1]], [two[0] + 0.001, two[1]]]], onScreen, colour, width);
  pen.lineCap = "butt";
  pen.globalAlpha = 1;
}

function paintLetters(pen: Pen, { plane }: EyePicture, width: number, height: number): void {
  const opposite = (direction: Point): Point => direction.map((value) => -value) as Point;
  pen.font = "600 13px sans-serif";
  pen.fillStyle = "#e6edf3";
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  pen.fillText(letterOf(opposite(plane.u)), 12, height / 2);
  pen.fillText(letterOf(plane.u), width - 12, height / 2);
  pen.fillText(letterOf(opposite(plane.v)), width / 2, 42);
  pen.fillText(letterOf(plane.v), width / 2, height - 12);
  pen.textAlign = "start";
  pen.textBaseline = "alphabetic";
}
