/** Structures, needles, seeds and the surface of the prescribed dose in three dimensions. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { call, readFramed, sendFramed } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { PlanState } from "../../types/plans";
import type { DrawnStructure } from "../../viewer/cuts";
import { SEED_LENGTH_MM, SEED_WIDTH_MM } from "../../viewer/drawing";
import type { Point } from "../../viewer/geometry";
import type { Chosen } from "./Lists";
import { capsule, joined, type Mesh, meshOf } from "./scene/meshes";
import type { Stage } from "./scene/stage";

interface Props {
  plan: PlanState;
  structures: readonly DrawnStructure[];
  chosen: Chosen;
}

const OPACITY: Record<DrawnStructure["role"], number> = { target: 0.45, organ: 0.55, outline: 0.1, other: 0.3 };
const ISODOSE = "#ffd23f";
const NEEDLE_MM = 0.5;
interface Counts {
  vertices: number;
  faces: number;
}

export default function Scene({ plan, structures, chosen }: Props): ReactNode {
  const { t, number } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [shownDose, setShownDose] = useState(true);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let made: Stage | null = null;
    let gone = false;
    const watch = new ResizeObserver(() => made?.resize());
    if (!document.createElement("canvas").getContext("webgl2")) {
      setProblem(new Error(t("plan.scene.none")));
      return;
    }
    import("./scene/stage")
      .then(({ Stage: Made }) => {
        if (gone) return;
        made = new Made(element);
        watch.observe(element);
        setStage(made);
      })
      .catch(setProblem);
    return () => {
      gone = true;
      watch.disconnect();
      setStage(null);
      made?.delete();
    };
  }, [t]);

  useSurfaces(stage, plan, structures, setProblem);
  useIsodose(stage, plan, shownDose, setProblem);
  useEffect(() => {
    if (!stage) return;
    const seeds = plan.seeds.map((seed): [Mesh, boolean] => {
      const half = SEED_LENGTH_MM / 2;
      const end = (by: number): Point => seed.position_mm.map((value, at) => value + by * ((seed.axis ?? [0, 0, 1])[at] as number)) as Point;
      return [capsule(end(-half), end(half), SEED_WIDTH_MM / 2), seed.index === chosen.seed];
    });
    const of = (held: boolean): Mesh => joined(seeds.filter(([, is]) => is === held).map(([mesh]) => mesh));
    const needles = (held: boolean): Mesh =>
      joined(plan.needles.filter((each) => (each.index === chosen.needle) === held).map((each) => capsule(each.entry_mm, each.tip_mm, NEEDLE_MM / 2)));
    stage.show("seeds", of(false), { colour: "#7CFC00", opacity: 1 });
    stage.show("seed chosen", of(true), { colour: "#ffd23f", opacity: 1 });
    stage.show("needles", needles(false), { colour: "#c8d2da", opacity: 1 });
    stage.show("needle chosen", needles(true), { colour: "#ffd23f", opacity: 1 });
  }, [stage, plan.seeds, plan.needles, chosen.seed, chosen.needle]);

  return (
    <div className="scene">
      <div className="scene-box" ref={box} role="img" aria-label={t("plan.scene")} />
      <div className="row scene-tools">
        <button type="button" onClick={() => stage?.fromFront()}>
          {t("plan.scene.reset")}
        </button>
        <button type="button" aria-pressed={shownDose} onClick={() => setShownDose(!shownDose)}>
          {t("plan.scene.isodose", { dose: number(plan.prescription_gy, 0) })}
        </button>
      </div>
      {stage || problem ? null : <Waiting />}
      {problem ? <Trouble error={problem} /> : null}
    </div>
  );
}

function useSurfaces(stage: Stage | null, plan: PlanState, structures: readonly DrawnStructure[], onProblem: (problem: unknown) => void): void {
  const key = structures.map((each) => `${each.name} ${each.version}`).join("\n");
  useEffect(() => {
    if (!stage) return;
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      const order: DrawnStructure["role"][] = ["target", "organ", "other", "outline"];
      for (const each of [...structures].sort((one, two) => order.indexOf(one.role) - order.indexOf(two.role))) {
        const answer = await call(`/cases/${plan.case}/structures/${encodeURIComponent(each.name)}/mesh`, { signal: stop.signal });
        const { head, values } = readFramed<Counts>(await answer.arrayBuffer());
        if (stop.signal.aborted) return;
        stage.show(`structure ${each.name}`, meshOf(head, values), { colour: each.colour, opacity: OPACITY[each.role] });
      }
      stage.settle();
    };
    load().catch((refused: unknown) => {
      if (!stop.signal.aborted) onProblem(refused);
    });
    return () => stop.abort();
    // the key says which structures in which version
  }, [stage, plan.case, key, onProblem]);
}

function useIsodose(stage: Stage | null, plan: PlanState, shown: boolean, onProblem: (problem: unknown) => void): void {
  useEffect(() => {
    if (!stage) return;
    const none: Mesh = { vertices: new Float32Array(), faces: new Uint32Array() };
    const stop = new AbortController();
    const look = { colour: ISODOSE, opacity: 0.35 };
    if (!shown || !plan.seed_count) stage.show("isodose", none, look);
    else
      sendFramed<Counts>(`/plans/${plan.plan}/isosurface`, { dose_gy: plan.prescription_gy }, stop.signal)
        .then(({ head, values }) => {
          if (!stop.signal.aborted) stage.show("isodose", meshOf(head, values), look);
        })
        .catch((refused: unknown) => {
          if (stop.signal.aborted) return;
          stage.show("isodose", none, look);
          onProblem(refused);
        });
    return () => stop.abort();
  }, [stage, plan.plan, plan.version, plan.prescription_gy, plan.seed_count, shown, onProblem]);
}
