/** Three slice planes linked by one crosshair, with the tools that belong to all of them. */

import { type ReactNode, useState } from "react";
import { type Key, useWords } from "../language";
import { PlaneLegend } from "./DoseLegend";
import { AXES, type Axis, type Point } from "./geometry";
import { type Overlay, type SeedHand, SliceView } from "./SliceView";
import { type ViewStore, useView } from "./viewState";
import type { Volume } from "./volume";
import { type Preset, PRESETS } from "./windowing";

interface Props {
  volume: Volume;
  view: ViewStore;
  overlay: Overlay;
  hand?: SeedHand;
  onPen?: (axis: Axis, place_mm: Point, phase: "down" | "move" | "up") => void;
  /** Whether the pen works in all planes, not in the axial one alone. */
  penInAll?: boolean;
  /** What stands in the fourth quarter. */
  corner?: ReactNode;
  tools?: ReactNode;
}

export function ThreePlanes({ volume, view, overlay, hand, onPen, penInAll = false, corner, tools }: Props): ReactNode {
  const [alone, setAlone] = useState<Axis | null>(null);
  const { t } = useWords();
  const shown = alone ? [alone] : AXES;
  return (
    <div className="viewer">
      <ViewTools view={view} hasDose={overlay.prescription_gy > 0}>
        {tools}
      </ViewTools>
      <div className={alone ? "planes one" : "planes"}>
        {shown.map((axis) => (
          <div key={axis} className="plane">
            <SliceView
              axis={axis}
              volume={volume}
              view={view}
              overlay={overlay}
              {...(hand ? { hand } : {})}
              {...(onPen && (penInAll || axis === "z") ? { onPen: (place, phase) => onPen(axis, place, phase) } : {})}
            />
            {axis === shown[0] ? <PlaneLegend view={view} overlay={overlay} /> : null}
            <button
              type="button"
              className="enlarge"
              aria-pressed={alone === axis}
              title={t("view.enlarge")}
              onClick={() => setAlone(alone ? null : axis)}
            >
              {alone ? "▣" : "□"}
              <span className="unseen">{t("view.enlarge")}</span>
            </button>
          </div>
        ))}
        {alone ? null : <div className="plane">{corner}</div>}
      </div>
    </div>
  );
}

/** Window, what is shown, and back to the usual view: for all planes of a store. */
export function ViewTools({ view, hasDose, children }: { view: ViewStore; hasDose: boolean; children: ReactNode }): ReactNode {
  const { t } = useWords();
  const state = useView(view);
  return (
    <div className="row tools" role="toolbar" aria-label={t("view.tools")}>
      <span className="soft">{t("view.window")}</span>
      <div className="switch" role="group" aria-label={t("view.window")}>
        {(Object.keys(PRESETS) as Preset[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={state.window === PRESETS[name]}
            onClick={() => view.set({ window: PRESETS[name] })}
          >
            {t(`view.window.${name}` as Key)}
          </button>
        ))}
      </div>
      {hasDose ? (
        <div className="switch" role="group" aria-label={t("view.dose")}>
          {(["lines", "wash", "none"] as const).map((name) => (
            <button key={name} type="button" aria-pressed={state.showDose === name} onClick={() => view.set({ showDose: name })}>
              {t(`view.dose.${name}`)}
            </button>
          ))}
        </div>
      ) : null}
      <button type="button" aria-pressed={state.showStructures} onClick={() => view.set({ showStructures: !state.showStructures })}>
        {t("view.structures")}
      </button>
      <button type="button" aria-pressed={state.showSeeds} onClick={() => view.set({ showSeeds: !state.showSeeds })}>
        {t("view.seeds")}
      </button>
      <button type="button" onClick={() => view.set({ zoom: 2, centre_mm: state.crosshair_mm })}>
        {t("view.reset")}
      </button>
      {children}
      <details className="keys">
        <summary>{t("view.keys")}</summary>
        <p>{t("view.keys.text")}</p>
      </details>
    </div>
  );
}
