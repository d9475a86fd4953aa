/** PET over the grey picture, in the colours of the figure of `seedbed before-after`. */

import { type Axis, countOf, type Geometry, indexOf, PLANES } from "./geometry";
import type { SlicePixels } from "./volume";

export interface PetVolume {
  geometry: Geometry;
  /** SUV by body weight, g/mL; NaN where the PET shows nothing. */
  suv: Float32Array;
}

export interface PetLook {
  /** Upper end of the scale. */
  max: number;
  /** 0 to 1. */
  opacity: number;
}

/** Clear up to the first share of the scale, fully covering from the second, as in the figure. */
export const CLEAR_TO = 0.1;
export const FULL_FROM = 0.4;

/** 'inferno' of matplotlib at 33 places: even in lightness, told apart by the colour-blind. */
const INFERNO =
  "0000040403120b0724150b37210c4a2f0a5b3d09654a0c6b57106e64156e71196e7d1e6d8a226a972766a32c61b0315bbc3754c73e4cd24644db503be45a31eb6628f1731df68013f98e09fb9d07fcac11fbbc21f9cb35f5db4cf2ea69f3f68afcffa4";
const STEPS = 256;

/** Red, green and blue at a share of the scale. */
export function petColour(share: number): [number, number, number] {
  const last = INFERNO.length / 6 - 1;
  const place = Math.min(1, Math.max(0, share)) * last;
  const at = Math.min(last - 1, Math.floor(place));
  return [0, 1, 2].map((part) => {
    const read = (anchor: number): number => parseInt(INFERNO.slice(anchor * 6 + part * 2, anchor * 6 + part * 2 + 2), 16);
    return Math.round(read(at) + (place - at) * (read(at + 1) - read(at)));
  }) as [number, number, number];
}

/** How much of the picture below is covered at a share of the scale, 0 to 1. */
export function petCover(share: number, opacity: number): number {
  return opacity * Math.min(1, Math.max(0, (share - CLEAR_TO) / (FULL_FROM - CLEAR_TO)));
}

/** RGBA words from nothing to the end of the scale. */
export function petTable(opacity: number): Uint32Array {
  return Uint32Array.from({ length: STEPS }, (_, at) => {
    const share = at / (STEPS - 1);
    const [red, green, blue] = petColour(share);
    const alpha = Math.round(255 * petCover(share, opacity));
    return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** A scale of colours for the page, as a CSS gradient from left to right. */
export function petGradient(): string {
  const stops = Array.from({ length: 17 }, (_, at) => `rgb(${petColour(at / 16).join(" ")}) ${((100 * at) / 16).toFixed(1)}%`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/** The slice of a PET that lies nearest to a position, as it lies on the screen; null outside of it. */
export function petSlice(pet: PetVolume, axis: Axis, position_mm: number, look: PetLook, table = petTable(look.opacity)): SlicePixels | null {
  const { geometry, suv } = pet;
  const at = axis === "x" ? 0 : axis === "y" ? 1 : 2;
  const off = (position_mm - geometry.origin_mm[at]) / geometry.spacing_mm[at];
  if (off < -0.5 - 1e-6 || off > countOf(geometry, axis) - 0.5 + 1e-6) return null;
  const plane = PLANES[axis];
  const [, ny, nx] = geometry.shape;
  const steps: [number, number, number] = [1, nx, nx * ny];
  const width = geometry.shape[2 - plane.right] as number;
  const height = geometry.shape[2 - plane.down] as number;
  const first = indexOf(geometry, axis, position_mm) * steps[at] + (plane.up ? (height - 1) * steps[plane.down] : 0);
  const downwards = plane.up ? -steps[plane.down] : steps[plane.down];
  const words = new Uint32Array(width * height);
  for (let row = 0, to = 0; row < height; row++) {
    let from = first + row * downwards;
    for (let column = 0; column < width; column++, from += steps[plane.right], to++) {
      const value = suv[from] as number;
      if (value > 0) words[to] = table[Math.min(STEPS - 1, Math.round((value / look.max) * (STEPS - 1)))] as number;
    }
  }
  return { width, height, words };
}

/** SUV at a place, of the voxel that holds it; null where there is none. */
export function suvAt(pet: PetVolume, point: readonly [number, number, number]): number | null {
  const { geometry, suv } = pet;
  const [nz, ny, nx] = geometry.shape;
  const [i, j, k] = [0, 1, 2].map((at) => Math.round(((point[at] as number) - (geometry.origin_mm[at] as number)) / (geometry.spacing_mm[at] as number))) as [number, number, number];
  if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return null;
  const value = suv[(k * ny + j) * nx + i] as number;
  return Number.isFinite(value) ? value : null;
}
