import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link, useParams } from "wouter";
import { useWords } from "../language";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import type { CaseDetail } from "../types/cases";
import type { PlanNeedle, PlanState } from "../types/plans";
import type { DrawnStructure } from "../viewer/cuts";
import { nearestOn, type Point } from "../viewer/geometry";
import type { SeedHand } from "../viewer/SliceView";
import { ThreePlanes } from "../viewer/ThreePlanes";
import { useCase } from "../viewer/useCase";
import { useView, type ViewStore } from "../viewer/viewState";
import type { Volume } from "../viewer/volume";
import { Dvh } from "./plan/Dvh";
import { Goals } from "./plan/Goals";
import { Lists } from "./plan/Lists";
import { useKeys } from "./plan/useKeys";
import { type PlanInHand, usePlan } from "./plan/usePlan";
import useSWR from "swr";
import { get } from "../api";

export default function PlanPage(): ReactNode {
  const name = useParams<{ plan: string }>().plan;
  const { data, error, mutate } = useSWR(`/plans/${name}`, (path: string) => get<PlanState>(path));
  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  return <WithCase key={name} name={name} caseName={data.case} />;
}

function WithCase({ name, caseName }: { name: string; caseName: string }): ReactNode {
  const loaded = useCase(caseName);
  if (loaded.error) return <Trouble error={loaded.error} onRetry={() => location.reload()} />;
  const { detail, volume, view, structures } = loaded;
  if (!detail || !volume || !view) return <Waiting />;
  return <Desk name={name} detail={detail} volume={volume} view={view} structures={structures} />;
}

interface Props {
  name: string;
  detail: CaseDetail;
  volume: Volume;
  view: ViewStore;
  structures: DrawnStructure[];
}

function Desk({ name, detail, volume, view, structures }: Props): ReactNode {
  const { t } = useWords();
  const { crosshair_mm } = useView(view);
  const hand = usePlan(name, crosshair_mm);
  const [chosen, setChosen] = useState<number | null>(null);
  const may = useMay("physicist") && hand.plan?.state === "draft";
  const colours = useMemo(() => new Map(structures.map((each) => [each.name, each.colour])), [structures]);
  const { shown, dose } = hand;
  useAtTarget(view, structures, hand.plan?.target);
  useKeys(hand, chosen, setChosen, may);
  const overlay = useMemo(
    () => ({
      structures,
      seeds: (shown?.seeds ?? []).map((seed) => ({ ...seed, axis: seed.axis ?? ([0, 0, 1] as Point) })),
      needles: shown?.needles ?? [],
      dose,
      prescription_gy: shown?.prescription_gy ?? 0,
      chosenSeed: chosen,
    }),
    [structures, shown, dose, chosen],
  );
  const seedHand = useMemo(() => (may && hand.plan ? handOf(hand, hand.plan, setChosen) : null), [may, hand]);

  function choose(seed: number | null): void {
    setChosen(seed);
    const place = seed === null ? undefined : shown?.seeds[seed]?.position_mm;
    if (place) view.set({ crosshair_mm: place, centre_mm: place });
  }

  if (!shown || !hand.plan) return hand.problem ? <Trouble error={hand.problem} /> : <Waiting />;
  return (
    <div className="workspace">
      <aside className="side">
        <section className="panel">
          <h1>
            {shown.target}, {shown.prescription_gy} Gy
          </h1>
          <p className="soft">
            <Link href={`/cases/${shown.case}`}>{detail.patient_id}</Link> · {t(`plans.${hand.plan.state}`)} ·{" "}
            {t("plans.seeds", { count: shown.seed_count })} · {t("plan.needles", { count: shown.needles.length })}
          </p>
          {may ? <EditTools hand={hand} chosen={chosen} setChosen={setChosen} view={view} /> : null}
          {hand.problem ? <Trouble error={hand.problem} onRetry={hand.clearProblem} /> : null}
        </section>
        <section className="panel" aria-live="polite">
          <h2>{t("plan.goals")}</h2>
          <Goals goals={shown.goals} />
        </section>
        <section className="panel">
          <h2>{t("plan.seeds")}</h2>
          <Lists plan={shown} chosen={chosen} onChoose={choose} />
        </section>
      </aside>
      <ThreePlanes
        volume={volume}
        view={view}
        overlay={overlay}
        {...(seedHand ? { hand: seedHand } : {})}
        corner={<Dvh dvhs={shown.dvhs} prescription_gy={shown.prescription_gy} target={shown.target} colours={colours} />}
      />
    </div>
  );
}

/** Begin in the middle of the target. */
function useAtTarget(view: ViewStore, structures: DrawnStructure[], target: string | undefined): void {
  const found = structures.find((each) => each.name === target);
  useEffect(() => {
    const points = found?.planes.flatMap((plane) => plane.polygons.flat().map(([x, y]): Point => [x, y, plane.z_mm])) ?? [];
    if (!points.length) return;
    const middle = [0, 1, 2].map((at) => {
      const values = points.map((point) => point[at as 0 | 1 | 2]);
      return (Math.min(...values) + Math.max(...values)) / 2;
    }) as Point;
    view.set({ crosshair_mm: middle, centre_mm: middle, zoom: 4 });
  }, [view, found?.name]);
}

/** A seed under the hand: on its needle where it has one, free else; the dose follows. */
function handOf(hand: PlanInHand, plan: PlanState, setChosen: (seed: number) => void): SeedHand {
  const place = (seed: number, at: Point): Point => {
    const index = plan.seeds[seed]?.needle;
    const needle: PlanNeedle | undefined = index == null ? undefined : plan.needles[index];
    return needle ? nearestOn(needle.entry_mm, needle.tip_mm, at) : at;
  };
  return {
    onTake: setChosen,
    onMove: (seed, at) => hand.preview({ kind: "move_seed", seed, position_mm: place(seed, at) }),
    onLetGo: (seed, at) => void hand.edit({ kind: "move_seed", seed, position_mm: place(seed, at) }),
  };
}

interface ToolProps {
  hand: PlanInHand;
  chosen: number | null;
  setChosen: (seed: number | null) => void;
  view: ViewStore;
}

function EditTools({ hand, chosen, setChosen, view }: ToolProps): ReactNode {
  const { t } = useWords();
  const plan = hand.plan as PlanState;
  const seed = chosen === null ? undefined : plan.seeds[chosen];

  async function addSeed(): Promise<void> {
    const at = view.get().crosshair_mm;
    const needle = seed?.needle ?? null;
    const on = needle === null ? undefined : plan.needles[needle];
    const strength_u = plan.strengths_u[0] ?? 0;
    if (on && needle !== null) {
      await hand.edit({ kind: "add_seed", position_mm: nearestOn(on.entry_mm, on.tip_mm, at), needle, strength_u });
    } else await hand.edit({ kind: "add_seed", position_mm: at, axis: [0, 0, 1], strength_u });
  }

  async function remove(): Promise<void> {
    if (chosen !== null && (await hand.edit({ kind: "remove_seed", seed: chosen }))) setChosen(null);
  }

  return (
    <div className="row" role="toolbar" aria-label={t("plan.tools")}>
      <button type="button" disabled={!plan.can_undo || hand.busy} onClick={() => void hand.edit({ kind: "undo" })}>
        {t("plan.undo")}
      </button>
      <button type="button" disabled={!plan.can_redo || hand.busy} onClick={() => void hand.edit({ kind: "redo" })}>
        {t("plan.redo")}
      </button>
      <button type="button" disabled={hand.busy} onClick={() => void addSeed()}>
        {t("plan.addSeed")}
      </button>
      <button type="button" disabled={chosen === null || hand.busy} onClick={() => void remove()}>
        {t("plan.removeSeed")}
      </button>
    </div>
  );
}
