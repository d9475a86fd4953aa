/** What all planes of a viewer share: the crosshair, the window, the zoom. A store that canvases read without React. */

import { useSyncExternalStore } from "react";
import type { Point } from "./geometry";
import { type GreyWindow, PRESETS } from "./windowing";

export interface ViewState {
  crosshair_mm: Point;
  window: GreyWindow;
  /** Pixels a mm of the screen. */
  zoom: number;
  /** Middle of what is shown, mm. */
  centre_mm: Point;
  showDose: "lines" | "wash" | "none";
  showSeeds: boolean;
  showStructures: boolean;
}

export class ViewStore {
  private state: ViewState;
  private readonly listeners = new Set<() => void>();

  constructor(middle_mm: Point, window: GreyWindow = PRESETS.soft) {
    this.state = {
      crosshair_mm: middle_mm,
      centre_mm: middle_mm,
      window,
      zoom: 2,
      showDose: "lines",
      showSeeds: true,
      showStructures: true,
    };
  }

  readonly get = (): ViewState => this.state;

  set(change: Partial<ViewState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function useView(store: ViewStore): ViewState {
  return useSyncExternalStore(store.subscribe, store.get);
}
