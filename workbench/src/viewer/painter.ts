/** Paints one plane onto a canvas. Grey pixels are kept while slice and window stay. */

import {
  drawCrosshair, drawHandles, drawIsolines, drawLetters, drawNeedle, drawScale, drawSeed, drawStructure, ISODOSES, washWords,
} from "./drawing";
import { type Axis, type Geometry, indexOf, type Mapping, mappingOf, PLANES, placeOf, type Point, positionOf, toScreen } from "./geometry";
import { type DosePlane, type Isoline, isolines } from "./isolines";
import { petSlice, type PetVolume } from "./pet";
import type { Overlay } from "./SliceView";
import type { ViewState } from "./viewState";
import { takeSlice, type Volume } from "./volume";
import { type GreyWindow, greyTable } from "./windowing";

type Sheet = OffscreenCanvas;

export class Painter {
  private grey: { index: number; window: GreyWindow; sheet: Sheet } | null = null;
  private lines: { dose: DosePlane; prescription_gy: number; found: Isoline[] } | null = null;
  private wash: { dose: DosePlane; prescription_gy: number; sheet: Sheet } | null = null;
  private pet: { volume: PetVolume; key: string; sheet: Sheet | null } | null = null;
  private table: { window: GreyWindow; words: Uint32Array } | null = null;

  constructor(
    private readonly volume: Volume,
    private readonly axis: Axis,
  ) {}

  paint(canvas: HTMLCanvasElement, [width, height]: [number, number], state: ViewState, overlay: Overlay): void {
    const ratio = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const pen = canvas.getContext("2d", { alpha: false });
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, width, height);
    const map = mappingOf(PLANES[this.axis], state.centre_mm, state.zoom, width, height);
    const position = state.crosshair_mm[placeOf(this.axis)];
    this.paintGrey(pen, map, position, state.window);
    this.paintPet(pen, map, position, overlay);
    this.paintDose(pen, map, state, overlay);
    const step = this.volume.geometry.spacing_mm[placeOf(this.axis)];
    if (state.showStructures)
      for (const structure of overlay.structures) drawStructure(pen, map, structure, position, this.volume.geometry.spacing_mm[2]);
    if (state.showSeeds) {
      const held = overlay.chosenNeedle == null ? undefined : overlay.needles[overlay.chosenNeedle];
      for (const needle of overlay.needles) drawNeedle(pen, map, needle, position, Math.max(step, 2), needle === held);
      for (const seed of overlay.seeds) drawSeed(pen, map, seed, position, seed.index === overlay.chosenSeed);
      if (held) drawHandles(pen, map, held, position);
    }
    drawCrosshair(pen, map, state.crosshair_mm, width, height);
    drawLetters(pen, map, width, height);
    drawScale(pen, map, width, height);
  }

  private paintGrey(pen: CanvasRenderingContext2D, map: Mapping, position: number, window: GreyWindow): void {
    const { geometry } = this.volume;
    const index = indexOf(geometry, this.axis, position);
    if (this.table?.window !== window) this.table = { window, words: greyTable(window) };
    if (this.grey?.index !== index || this.grey.window !== window) {
      const { width, height, words } = takeSlice(this.volume, this.axis, index, this.table.words);
      this.grey = { index, window, sheet: sheetOf(words, width, height) };
    }
    this.lay(pen, map, geometry, this.grey.sheet);
  }

  private paintPet(pen: CanvasRenderingContext2D, map: Mapping, position: number, { pet }: Overlay): void {
    if (!pet || pet.look.opacity <= 0) return;
    const { geometry } = pet.volume;
    const key = `${indexOf(geometry, this.axis, position)} ${pet.look.max} ${pet.look.opacity}`;
    if (this.pet?.volume !== pet.volume || this.pet.key !== key) {
      const found = petSlice(pet.volume, this.axis, position, pet.look);
      this.pet = { volume: pet.volume, key, sheet: found && sheetOf(found.words, found.width, found.height) };
    }
    if (this.pet.sheet) this.lay(pen, map, geometry, this.pet.sheet);
  }

  /** Lay the pixels of a slice where its voxels are. */
  private lay(pen: CanvasRenderingContext2D, map: Mapping, geometry: Geometry, sheet: Sheet): void {
    const { right, down, up } = PLANES[this.axis];
    const corner: Point = [0, 0, 0];
    corner[right] = geometry.origin_mm[right] - geometry.spacing_mm[right] / 2;
    const last = (geometry.shape[2 - down] as number) - 1;
    const step = geometry.spacing_mm[down];
    corner[down] = up ? geometry.origin_mm[down] + (last + 0.5) * step : geometry.origin_mm[down] - step / 2;
    const [x, y] = toScreen(map, corner);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(sheet, x, y, sheet.width * geometry.spacing_mm[right] * map.scale, sheet.height * step * map.scale);
  }

  private paintDose(pen: CanvasRenderingContext2D, map: Mapping, state: ViewState, overlay: Overlay): void {
    const dose = overlay.dose[this.axis];
    const { prescription_gy } = overlay;
    if (!dose || state.showDose === "none" || prescription_gy <= 0) return;
    if (state.showDose === "wash") {
      if (this.wash?.dose !== dose || this.wash.prescription_gy !== prescription_gy)
        this.wash = { dose, prescription_gy, sheet: sheetOf(washWords(dose, prescription_gy), dose.columns, dose.rows) };
      this.paintWash(pen, map, dose, this.wash.sheet);
      return;
    }
    const levels = ISODOSES.map(({ pct }) => (pct / 100) * prescription_gy);
    if (this.lines?.dose !== dose || this.lines.prescription_gy !== prescription_gy)
      this.lines = { dose, prescription_gy, found: isolines(dose, levels) };
    drawIsolines(pen, map, this.lines.found, new Map(ISODOSES.map(({ colour }, at) => [levels[at] as number, colour])));
  }

  private paintWash(pen: CanvasRenderingContext2D, map: Mapping, dose: DosePlane, sheet: Sheet): void {
    const { right, down, up } = map.plane;
    const first: Point = [0, 0, 0];
    first[right] = dose.origin_mm[0] - dose.spacing_mm / 2;
    first[down] = dose.origin_mm[1] - dose.spacing_mm / 2;
    const [x, y] = toScreen(map, first);
    const size = dose.spacing_mm * map.scale;
    pen.save();
    pen.translate(x, y);
    pen.scale(size, up ? -size : size);
    pen.drawImage(sheet, 0, 0);
    pen.restore();
  }
}

function sheetOf(words: Uint32Array, width: number, height: number): Sheet {
  const sheet = new OffscreenCanvas(width, height);
  const pen = sheet.getContext("2d");
  if (!pen) throw new Error("this browser draws no pictures off the screen");
  const picture = pen.createImageData(width, height);
  new Uint32Array(picture.data.buffer).set(words);
  pen.putImageData(picture, 0, 0);
  return sheet;
}

/** Slice positions that lie on the centres of voxels, for planes of dose that belong to them. */
export function slicePosition(volume: Volume, axis: Axis, position_mm: number): number {
  return positionOf(volume.geometry, axis, indexOf(volume.geometry, axis, position_mm));
}
