/** The fourth quarter of the images: the structures in three dimensions, once they are asked for. */

import { lazy, type ReactNode, Suspense, useState } from "react";
import { useWords } from "../../language";
import { Waiting } from "../../parts/Waiting";
import type { DrawnStructure } from "../../viewer/cuts";
import type { ViewStore } from "../../viewer/viewState";

const Scene = lazy(() => import("../plan/Scene"));

interface Props {
  caseName: string;
  /** As they are kept: what is being drawn has no surface yet. */
  kept: readonly DrawnStructure[];
  view: ViewStore;
}

export function SceneCorner({ caseName, kept, view }: Props): ReactNode {
  const { t } = useWords();
  const [shown, setShown] = useState(false);
  if (!kept.length) return <p className="eye-empty soft">{t("view.scene.nothing")}</p>;
  if (!shown)
    return (
      <div className="scene-ask">
        <button type="button" onClick={() => setShown(true)}>
          {t("view.scene.show")}
        </button>
      </div>
    );
  return (
    <Suspense fallback={<Waiting />}>
      <Scene caseName={caseName} structures={kept} view={view} />
    </Suspense>
  );
}
