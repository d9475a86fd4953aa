/** Which HU are black and which are white. */

export interface GreyWindow {
  centre_hu: number;
  width_hu: number;
}

/** Usual windows of radiology. */
export const PRESETS = {
  soft: { centre_hu: 40, width_hu: 400 },
  bone: { centre_hu: 400, width_hu: 1800 },
  lung: { centre_hu: -600, width_hu: 1500 },
  seeds: { centre_hu: 1500, width_hu: 3000 },
} as const satisfies Record<string, GreyWindow>;

export type Preset = keyof typeof PRESETS;
const LOWEST = -32768;
/** Where a CT shows nothing: a dark blue, so that nobody takes it for air. */
const NOTHING_WORD = 0xff2e1f14;

/** One RGBA word for each possible stored value; drawing a slice is then one look-up a pixel. */
export function greyTable({ centre_hu, width_hu }: GreyWindow): Uint32Array {
  const table = new Uint32Array(65536);
  const low = centre_hu - width_hu / 2;
  for (let at = 0; at < table.length; at++) {
    const share = (at + LOWEST - low) / Math.max(width_hu, 1);
    const grey = Math.round(255 * Math.min(1, Math.max(0, share)));
    table[at] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  table[0] = NOTHING_WORD;
  return table;
}

/** The window after a drag: to the right wider, downwards brighter centre lower, as in usual viewers. */
export function dragged(window: GreyWindow, dx: number, dy: number): GreyWindow {
  return {
    centre_hu: Math.min(4000, Math.max(-1500, window.centre_hu + dy * 2)),
    width_hu: Math.min(8000, Math.max(1, window.width_hu + dx * 4)),
  };
}
