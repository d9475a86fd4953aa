/** Planned and found, side by side: the planning CT is laid on the CT after implantation, so that both show one plane. */

import { type ReactNode, useMemo, useState } from "react";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { DoneState } from "../../types/verifications";
import { PlaneLegend } from "../../viewer/DoseLegend";
import { AXES, type Axis } from "../../viewer/geometry";
import { type Overlay, SliceView } from "../../viewer/SliceView";
import type { ViewStore } from "../../viewer/viewState";
import type { Volume } from "../../viewer/volume";
import { drawnSeeds } from "./marks";
import { usePlanningCt } from "./useVerification";

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
  const before = usePlanningCt(state.verification, state.run.at, volume.geometry);
  const planned = useMemo<Overlay>(
    () => ({
      structures: overlay.structures,
      seeds: drawnSeeds(state, null).filter((seed) => seed.index < 0 && seed.dashed),
      needles: [],
      dose: {},
      prescription_gy: 0,
      chosenSeed: null,
    }),
    [overlay.structures, state],
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
          {before.volume ? <SliceView axis={axis} volume={before.volume} view={view} overlay={planned} /> : <Waiting />}
          <span className="plane-name">{t("verify.side.before")}</span>
        </div>
        <div className="plane">
          <SliceView axis={axis} volume={volume} view={view} overlay={overlay} />
          <PlaneLegend view={view} overlay={overlay} />
          <span className="plane-name">{t("verify.side.after")}</span>
        </div>
      </div>
    </div>
  );
}
