/** Planned and found, side by side: the same place of the patient on both CTs. */

import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { DoneState } from "../../types/verifications";
import { AXES, type Axis } from "../../viewer/geometry";
import { type Overlay, SliceView } from "../../viewer/SliceView";
import { useCase } from "../../viewer/useCase";
import type { ViewStore } from "../../viewer/viewState";
import type { Volume } from "../../viewer/volume";
import { COLOURS } from "./marks";
import { toPlanning, toPost, turnedBack } from "./motion";

interface Props {
  state: DoneState;
  volume: Volume;
  view: ViewStore;
  overlay: Overlay;
  tools: ReactNode;
}

export function SideBySide({ state, volume, view, overlay, tools }: Props): ReactNode {
  const { t } = useWords();
  const [axis, setAxis] = useState<Axis>("z");
  const before = useCase(state.plan_case);
  useLinked(state, view, before.view);
  const planned = useMemo<Overlay>(
    () => ({
      structures: before.structures,
      seeds: state.planned.map((seed) => ({
        index: -seed.number,
        position_mm: toPlanning(state.to_post, seed.position_mm),
        axis: turnedBack(state.to_post, seed.axis ?? [0, 0, 1]),
        colour: COLOURS.planned,
        dashed: true,
      })),
      needles: [],
      dose: {},
      prescription_gy: 0,
      chosenSeed: null,
    }),
    [before.structures, state],
  );
  if (before.error) return <Trouble error={before.error} />;
  return (
    <div className="viewer">
      <div className="row tools">
        <div className="switch" role="group" aria-label={t("verify.side.plane")}>
          {AXES.map((each) => (
            <button key={each} type="button" aria-pressed={axis === each} onClick={() => setAxis(each)}>
              {t(`view.${each}`)}
            </button>
          ))}
        </div>
        {tools}
        <span className="soft">{t("verify.side.text")}</span>
      </div>
      <div className="planes pair">
        <div className="plane">
          {before.volume && before.view ? <SliceView axis={axis} volume={before.volume} view={before.view} overlay={planned} /> : <Waiting />}
          <span className="plane-name">{t("verify.side.before")}</span>
        </div>
        <div className="plane">
          <SliceView axis={axis} volume={volume} view={view} overlay={overlay} />
          <span className="plane-name">{t("verify.side.after")}</span>
        </div>
      </div>
    </div>
  );
}

/** What is looked at on one CT is looked at on the other. */
function useLinked(state: DoneState, after: ViewStore, before: ViewStore | null): void {
  useEffect(() => {
    if (!before) return;
    let following = false;
    const follow = (from: ViewStore, to: ViewStore, move: typeof toPost) => (): void => {
      if (following) return;
      following = true;
      const { crosshair_mm, centre_mm, zoom, window, showSeeds, showStructures } = from.get();
      to.set({
        crosshair_mm: move(state.to_post, crosshair_mm),
        centre_mm: move(state.to_post, centre_mm),
        zoom,
        window,
        showSeeds,
        showStructures,
      });
      following = false;
    };
    const forth = follow(after, before, toPlanning);
    forth();
    const stops = [after.subscribe(forth), before.subscribe(follow(before, after, toPost))];
    return () => stops.forEach((stop) => stop());
  }, [state.to_post, after, before]);
}
