/** What stands in the fourth quarter: histograms, three dimensions, or the view along a needle. */

import { lazy, type ReactNode, Suspense, useState } from "react";
import { useWords } from "../../language";
import { Waiting } from "../../parts/Waiting";
import type { Edit, PlanState } from "../../types/plans";
import type { DrawnStructure } from "../../viewer/cuts";
import type { ViewStore } from "../../viewer/viewState";
import { Dvh } from "./Dvh";
import type { Chosen } from "./Lists";
import { NeedleEye } from "./NeedleEye";

const Scene = lazy(() => import("./Scene"));
const TABS = ["dvh", "scene", "eye"] as const;

interface Props {
  shown: PlanState;
  tried: Edit | null;
  chosen: Chosen;
  structures: readonly DrawnStructure[];
  colours: ReadonlyMap<string, string>;
  view: ViewStore;
  sliceStep_mm: number;
}

export function Corner({ shown, tried, chosen, structures, colours, view, sliceStep_mm }: Props): ReactNode {
  const { t } = useWords();
  const [tab, setTab] = useState<(typeof TABS)[number]>("dvh");
  const needle = chosen.needle === null ? undefined : shown.needles[chosen.needle];
  return (
    <div className="corner">
      <div className="switch" role="group" aria-label={t("plan.tabs")}>
        {TABS.map((each) => (
          <button key={each} type="button" aria-pressed={tab === each} onClick={() => setTab(each)}>
            {t(`plan.tab.${each}`)}
          </button>
        ))}
      </div>
      <div className="corner-body">
        {tab === "dvh" ? <Dvh dvhs={shown.dvhs} prescription_gy={shown.prescription_gy} target={shown.target} colours={colours} /> : null}
        {tab === "scene" ? (
          <Suspense fallback={<Waiting />}>
            <Scene caseName={shown.case} plan={shown} structures={structures} chosen={chosen} view={view} />
          </Suspense>
        ) : null}
        {tab === "eye" ? (
          <NeedleEye plan={shown} tried={tried} needle={needle} structures={structures} view={view} sliceStep_mm={sliceStep_mm} />
        ) : null}
      </div>
    </div>
  );
}
