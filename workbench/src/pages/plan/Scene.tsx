/** Structures and the crosshair in three dimensions; of a plan also needles, seeds and the surface of the prescribed dose. */

import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { call, readFramed, sendFramed } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { PlanNeedle, PlanSeed, PlanState } from "../../types/plans";
import type { DrawnStructure } from "../../viewer/cuts";
import { SEED_LENGTH_MM, SEED_WIDTH_MM } from "../../viewer/drawing";
import type { Point } from "../../viewer/geometry";
import type { ViewStore } from "../../viewer/viewState";
import type { Chosen } from "./Lists";
import { capsule, crossOf, joined, type Mesh, meshOf, nearestToRay } from "./scene/meshes";
import type { Stage } from "./scene/stage";

interface Props {
  caseName: string;
  plan?: PlanState;
  structures: readonly DrawnStructure[];
  chosen?: Chosen;
  view: ViewStore;
}

const NOBODY: Chosen = { seed: null, needle: null };
const NO_SEEDS: PlanSeed[] = [];
const NO_NEEDLES: PlanNeedle[] = [];

const OPACITY: Record<DrawnStructure["role"], number> = { target: 0.45, organ: 0.55, outline: 0.1, other: 0.3 };
const ISODOSE = "#ffd23f";
const NEEDLE_MM = 0.5;
const CROSS = { reach_mm: 40, radius_mm: 0.3, colour: "#4aa3ff" };
/** A pointer that moves less has clicked; a seed is met by a sight that passes so near. */
const CLICK_PX = 3;
const SEED_NEAR_MM = 2.5;
interface Counts {
  vertices: number;
  faces: number;
}

export default function Scene({ caseName, plan, structures, chosen = NOBODY, view }: Props): ReactNode {
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

  const seeds = plan?.seeds ?? NO_SEEDS;
  const needles = plan?.needles ?? NO_NEEDLES;
  useSurfaces(stage, caseName, structures, setProblem);
  useIsodose(stage, plan, shownDose, setProblem);
  useCross(stage, view);
  useClicks(stage, box, seeds, view);
  useEffect(() => {
    if (!stage) return;
    const capsules = seeds.map((seed): [Mesh, boolean] => {
      const half = SEED_LENGTH_MM / 2;
      const end = (by: number): Point => seed.position_mm.map((value, at) => value + by * ((seed.axis ?? [0, 0, 1])[at] as number)) as Point;
      return [capsule(end(-half), end(half), SEED_WIDTH_MM / 2), seed.index === chosen.seed];
    });
    const of = (held: boolean): Mesh => joined(capsules.filter(([, is]) => is === held).map(([mesh]) => mesh));
    const lines = (held: boolean): Mesh =>
      joined(needles.filter((each) => (each.index === chosen.needle) === held).map((each) => capsule(each.entry_mm, each.tip_mm, NEEDLE_MM / 2)));
    stage.show("seeds", of(false), { colour: "#7CFC00", opacity: 1 });
    stage.show("seed chosen", of(true), { colour: "#ffd23f", opacity: 1 });
    stage.show("needles", lines(false), { colour: "#c8d2da", opacity: 1 });
    stage.show("needle chosen", lines(true), { colour: "#ffd23f", opacity: 1 });
  }, [stage, seeds, needles, chosen.seed, chosen.needle]);

  return (
    <div className="scene">
      <div className="scene-box" ref={box} role="img" aria-label={t(plan ? "plan.scene" : "view.scene")} />
      <div className="row scene-tools">
        <button type="button" onClick={() => stage?.fromFront()}>
          {t("plan.scene.reset")}
        </button>
        {plan ? (
          <button type="button" aria-pressed={shownDose} onClick={() => setShownDose(!shownDose)}>
            {t("plan.scene.isodose", { dose: number(plan.prescription_gy, 0) })}
          </button>
        ) : null}
      </div>
      {stage || problem ? null : <Waiting />}
      {problem ? <Trouble error={problem} /> : null}
    </div>
  );
}

function useSurfaces(stage: Stage | null, caseName: string, structures: readonly DrawnStructure[], onProblem: (problem: unknown) => void): void {
  const key = structures.map((each) => `${each.name} ${each.version}`).join("\n");
  useEffect(() => {
    if (!stage) return;
    const stop = new AbortController();
    stage.keep("structure ", new Set(structures.map((each) => `structure ${each.name}`)));
    const load = async (): Promise<void> => {
      const order: DrawnStructure["role"][] = ["target", "organ", "other", "outline"];
      for (const each of [...structures].sort((one, two) => order.indexOf(one.role) - order.indexOf(two.role))) {
        const answer = await call(`/cases/${caseName}/structures/mesh?name=${encodeURIComponent(each.name)}`, { signal: stop.signal });
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
  }, [stage, caseName, key, onProblem]);
}

function useIsodose(stage: Stage | null, plan: PlanState | undefined, shown: boolean, onProblem: (problem: unknown) => void): void {
  useEffect(() => {
    if (!stage || !plan) return;
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
  }, [stage, plan?.plan, plan?.version, plan?.prescription_gy, plan?.seed_count, shown, onProblem]);
}

/** The crosshair of the planes, moving with them. */
function useCross(stage: Stage | null, view: ViewStore): void {
  useEffect(() => {
    if (!stage) return;
    stage.show("crosshair", crossOf(CROSS.reach_mm, CROSS.radius_mm), { colour: CROSS.colour, opacity: 1, mark: true });
    let waiting = 0;
    let shown: Point | null = null;
    const follow = (): void => {
      if (view.get().crosshair_mm === shown) return;
      shown = view.get().crosshair_mm;
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => stage.place("crosshair", view.get().crosshair_mm));
    };
    follow();
    const leave = view.subscribe(follow);
    return () => {
      cancelAnimationFrame(waiting);
      leave();
    };
  }, [stage, view]);
}

/** A click, not a drag, takes the crosshair to the seed under it, else to the surface. */
function useClicks(stage: Stage | null, box: RefObject<HTMLDivElement | null>, seeds: readonly PlanSeed[], view: ViewStore): void {
  useEffect(() => {
    const element = box.current;
    if (!stage || !element) return;
    let start: [number, number] | null = null;
    const down = (event: PointerEvent): void => {
      start = event.button === 0 ? [event.clientX, event.clientY] : null;
    };
    const up = (event: PointerEvent): void => {
      const clicked = start && Math.hypot(event.clientX - start[0], event.clientY - start[1]) <= CLICK_PX;
      start = null;
      if (!clicked) return;
      const edge = element.getBoundingClientRect();
      const { from_mm, to_mm, hit_mm } = stage.sight(event.clientX - edge.left, event.clientY - edge.top);
      const seed = nearestToRay(seeds.map((each) => each.position_mm), from_mm, to_mm, SEED_NEAR_MM);
      const place = seed ?? hit_mm;
      if (place) view.set({ crosshair_mm: place, centre_mm: place });
    };
    element.addEventListener("pointerdown", down, true);
    element.addEventListener("pointerup", up, true);
    return () => {
      element.removeEventListener("pointerdown", down, true);
      element.removeEventListener("pointerup", up, true);
    };
  }, [stage, box, seeds, view]);
}
