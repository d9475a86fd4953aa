import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import useSWR from "swr";
import { Link, useParams } from "wouter";
import { get } from "../api";
import { useWords } from "../language";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import type { CaseDetail } from "../types/cases";
import type { Edit, PlanNeedle, PlanState } from "../types/plans";
import type { DrawnStructure } from "../viewer/cuts";
import { type Axis, nearestOn, type Point } from "../viewer/geometry";
import type { SeedHand } from "../viewer/SliceView";
import { ThreePlanes } from "../viewer/ThreePlanes";
import { useCase } from "../viewer/useCase";
import { useView, type ViewStore } from "../viewer/viewState";
import type { Volume } from "../viewer/volume";
import { Corner } from "./plan/Corner";
import { Goals } from "./plan/Goals";
import { type Chosen, Lists } from "./plan/Lists";
import { movedBy } from "./plan/needles";
import { Planner } from "./plan/Planner";
import { Signing } from "./plan/Signing";
import { canLay, type Laying, newNeedle, Tools } from "./plan/Tools";
import { useKeys } from "./plan/useKeys";
import { type PlanInHand, usePlan } from "./plan/usePlan";

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

const NO_NEEDLES: PlanNeedle[] = [];

function Desk({ name, detail, volume, view, structures }: Props): ReactNode {
  const { t } = useWords();
  const { crosshair_mm } = useView(view);
  const hand = usePlan(name, crosshair_mm);
  const [chosen, setChosen] = useState<Chosen>({ seed: null, needle: null });
  const [laying, setLaying] = useState<Laying | null>(null);
  const physicist = useMay("physicist");
  const may = physicist && hand.plan?.state === "draft";
  const colours = useMemo(() => new Map(structures.map((each) => [each.name, each.colour])), [structures]);
  const { shown, dose } = hand;
  const needles = shown?.needles ?? NO_NEEDLES;
  const entry = laying?.entry_mm ?? null;
  useAtTarget(view, structures, hand.plan?.target);

  const takeSeed = useCallback(
    (seed: number | null) => setChosen({ seed, needle: seed === null ? null : (hand.plan?.seeds[seed]?.needle ?? null) }),
    [hand.plan],
  );
  useKeys(hand, chosen.seed, takeSeed, may);
  const overlay = useMemo(
    () => ({
      structures,
      seeds: (shown?.seeds ?? []).map((seed) => ({ ...seed, axis: seed.axis ?? ([0, 0, 1] as Point) })),
      needles: entry ? [...needles, { name: "", entry_mm: entry, tip_mm: entry }] : needles,
      dose,
      prescription_gy: shown?.prescription_gy ?? 0,
      chosenSeed: chosen.seed,
      // handles would lie over the seeds: a chosen seed is what the hand wants
      chosenNeedle: entry ? needles.length : chosen.seed === null ? chosen.needle : null,
    }),
    [structures, shown, needles, entry, dose, chosen],
  );
  const seedHand = useMemo(
    () => (may && hand.plan ? handOf(hand, hand.plan, chosen.needle, takeSeed) : null),
    [may, hand, chosen.needle, takeSeed],
  );

  function chooseSeed(seed: number | null): void {
    takeSeed(seed);
    const place = seed === null ? undefined : shown?.seeds[seed]?.position_mm;
    if (place) view.set({ crosshair_mm: place, centre_mm: place });
  }

  function chooseNeedle(needle: number | null): void {
    setChosen({ seed: null, needle });
    const tip = needle === null ? undefined : shown?.needles[needle]?.tip_mm;
    if (tip) view.set({ crosshair_mm: tip, centre_mm: tip });
  }

  /** The first click of a new needle is its entry, the second its tip. */
  function layNeedle(place: Point, phase: "down" | "move" | "up"): void {
    if (!laying || !canLay(laying) || phase !== "down") return;
    if (!laying.entry_mm) {
      setLaying({ ...laying, entry_mm: place });
      return;
    }
    const target = structures.find((each) => each.name === hand.plan?.target);
    const number = hand.plan?.needles.length ?? 0;
    void newNeedle(hand, laying, place, target).then((done) => {
      setLaying(done ? null : { ...laying, entry_mm: null });
      if (done) setChosen({ seed: null, needle: number });
    });
  }

  if (!shown || !hand.plan) return hand.problem ? <Trouble error={hand.problem} /> : <Waiting />;
  const removeNeedle = (needle: number): void =>
    void hand.edit({ kind: "remove_needle", needle }).then((done) => done && setChosen({ seed: null, needle: null }));
  return (
    <div className="workspace plan">
      <aside className="side">
        <section className="panel">
          <h1>
            {shown.target}, {shown.prescription_gy} Gy
          </h1>
          <p className="soft">
            <Link href={`/cases/${shown.case}`}>{detail.patient_id}</Link> · {hand.plan.state === "approved" ? "✓ " : ""}
            {t(`plans.${hand.plan.state}`)} · {t("plans.seeds", { count: shown.seed_count })} ·{" "}
            {t("plan.needles", { count: shown.needles.length })} · {t("plan.sign.version", { version: hand.plan.version })}
          </p>
          {may ? (
            <Tools hand={hand} chosen={chosen} onSeed={takeSeed} view={view} laying={laying} onLaying={setLaying} />
          ) : null}
          {hand.trying ? <p className="warn">{t("plan.dragging")}</p> : null}
          {hand.problem ? <Trouble error={hand.problem} onRetry={hand.retry} /> : null}
        </section>
        <section className="panel" aria-live="polite">
          <h2>{t("plan.goals")}</h2>
          <Goals goals={shown.goals} />
        </section>
        <section className="panel">
          <h2>{t("plan.seeds")}</h2>
          <Lists plan={shown} chosen={chosen} onSeed={chooseSeed} onNeedle={chooseNeedle} onRemoveNeedle={may ? removeNeedle : null} />
        </section>
        <Planner name={name} hand={hand} may={may} />
        <Signing plan={hand.plan} hand={hand} />
      </aside>
      <ThreePlanes
        volume={volume}
        view={view}
        overlay={overlay}
        {...(seedHand ? { hand: seedHand } : {})}
        {...(may && laying ? { onPen: (_: Axis, place: Point, phase: "down" | "move" | "up") => layNeedle(place, phase), penInAll: true } : {})}
        corner={
          <Corner
            shown={shown}
            tried={hand.tried}
            chosen={chosen}
            structures={structures}
            colours={colours}
            view={view}
            sliceStep_mm={volume.geometry.spacing_mm[2]}
          />
        }
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

/** A seed under the hand: on its needle where it has one, free else; a needle by its handles. The dose follows. */
function handOf(hand: PlanInHand, plan: PlanState, held: number | null, onTake: (seed: number) => void): SeedHand {
  const place = (seed: number, at: Point): Point => {
    const index = plan.seeds[seed]?.needle;
    const needle: PlanNeedle | undefined = index == null ? undefined : plan.needles[index];
    return needle ? nearestOn(needle.entry_mm, needle.tip_mm, at) : at;
  };
  const needle = held === null ? undefined : plan.needles[held];
  return {
    onTake,
    onMove: (seed, at) => hand.preview({ kind: "move_seed", seed, position_mm: place(seed, at) }),
    onLetGo: (seed, at) => void hand.edit({ kind: "move_seed", seed, position_mm: place(seed, at) }),
    onCancel: hand.cancel,
    onNeedle: (grip, at, phase) => {
      if (!needle) return;
      const edit: Edit = { kind: "move_needle", needle: needle.index, ...movedBy(needle, grip, at) };
      if (phase === "move") hand.preview(edit);
      else void hand.edit(edit);
    },
  };
}
