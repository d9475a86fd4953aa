import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { Link, useParams } from "wouter";
import { useWords } from "../language";
import { JobBar } from "../parts/JobBar";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import type { CaseDetail } from "../types/cases";
import type { DoneState, DoseOf } from "../types/verifications";
import type { Axis, Point } from "../viewer/geometry";
import type { SeedHand } from "../viewer/SliceView";
import { ThreePlanes } from "../viewer/ThreePlanes";
import { useCase } from "../viewer/useCase";
import { useView, type ViewStore } from "../viewer/viewState";
import type { Volume } from "../viewer/volume";
import { Curves } from "./verify/Curves";
import "./verify/verify.css";
import { HandTools, type Placing, reasonOf } from "./verify/HandTools";
import { Head, More } from "./verify/Head";
import { drawnLines, drawnSeeds, pointedAt, rowOf } from "./verify/marks";
import { Cold, GivenGoals } from "./verify/Panels";
import { SideBySide } from "./verify/SideBySide";
import { SeedRow } from "./verify/SeedRow";
import { useContours, useDose, useDrag, useReady, useVerification, type VerificationInHand } from "./verify/useVerification";

export default function VerifyPage(): ReactNode {
  const name = useParams<{ verification: string }>().verification;
  const hand = useVerification(name);
  if (hand.error) return <Trouble error={hand.error} onRetry={() => void hand.reload()} />;
  if (!hand.data) return <Waiting />;
  return hand.data.state === "none" ? <NotYet hand={hand} /> : <WithCase key={name} hand={hand} state={hand.data} />;
}

/** Nothing is calculated yet: the job at work, or the way to start it again. */
function NotYet({ hand }: { hand: VerificationInHand }): ReactNode {
  const { t } = useWords();
  const may = useMay("clinician", "physicist");
  return (
    <section className="panel">
      <h1>{t("verify.title")}</h1>
      <p>{t(hand.working ? "verify.working" : "verify.nothing")}</p>
      {hand.job ? <JobBar key={hand.job} job={hand.job} onDone={() => void hand.reload()} /> : null}
      {may && !hand.working ? (
        <button type="button" className="primary" onClick={() => void hand.start("recompute")}>
          {t("verify.calculate")}
        </button>
      ) : null}
      {hand.problem ? <Trouble error={hand.problem} onRetry={hand.clearProblem} /> : null}
      {hand.data ? <Link href={`/cases/${hand.data.case}`}>{t("verify.toImages")}</Link> : null}
    </section>
  );
}

function WithCase({ hand, state }: { hand: VerificationInHand; state: DoneState }): ReactNode {
  const { detail, volume, view, error } = useCase(state.case);
  if (error) return <Trouble error={error} onRetry={() => location.reload()} />;
  if (!detail || !volume || !view) return <Waiting />;
  return <Desk hand={hand} state={state} detail={detail} volume={volume} view={view} />;
}

interface Props {
  hand: VerificationInHand;
  state: DoneState;
  detail: CaseDetail;
  volume: Volume;
  view: ViewStore;
}

function Desk({ hand, state, detail, volume, view }: Props): ReactNode {
  const { t } = useWords();
  const { crosshair_mm } = useView(view);
  const [chosen, setChosen] = useState<number | null>(null);
  const [which, setWhich] = useState<DoseOf>("given");
  const [beside, setBeside] = useState(false);
  const [why, setWhy] = useState("");
  const [placing, setPlacing] = useState<Placing | null>(null);
  const may = useMay("clinician", "physicist") && !state.approved;
  const name = state.verification;
  const contours = useContours(name, state.run.at);
  const dragged = useDrag(hand, state, crosshair_mm);
  const { shown } = dragged;
  const offered = which === "top_up" && !state.top_up?.seeds ? "given" : which;
  const { dose, problem } = useDose(name, `${state.run.at} ${state.version}`, offered, crosshair_mm);
  const prescription_gy = state.prescription_gy ?? 0;
  const colours = useMemo(() => new Map(contours.map((each) => [each.name, each.colour])), [contours]);
  // a deformable registration is no rigid motion: then nothing is linked
  const linkable = state.to_post !== null || state.registration === null;
  useAtFirst(state, setChosen, view);
  useReady(name, state.version, may && state.prescription_gy !== null);

  const toggle = (
    <button type="button" aria-pressed={beside} disabled={!linkable} onClick={() => setBeside(!beside)}>
      {t("verify.side.show")}
    </button>
  );

  function go(place: Point): void {
    view.set({ crosshair_mm: place, centre_mm: place });
  }
  function choose(number: number): void {
    setChosen(number);
    const seed = state.seeds.find((each) => each.number === number);
    if (seed) go(seed.position_mm);
  }

  const overlay = useMemo(
    () => ({
      structures: contours,
      seeds: drawnSeeds(shown, chosen),
      needles: [...drawnLines(shown), ...lineOf(placing)],
      dose: (offered === "given" ? dragged.dose : null) ?? dose,
      prescription_gy,
      dose_name: t(`verify.dose.${offered}`),
      chosenSeed: chosen,
    }),
    [contours, shown, chosen, placing, offered, dragged.dose, dose, prescription_gy, t],
  );
  const seedHand = useSeedHand(state, dragged, may ? reasonOf(t, why, "moved") : null, setChosen);

  /** A seed is placed by a click at its middle, or from one end to the other. */
  function place(at: Point, phase: "down" | "move" | "up"): void {
    if (phase === "down") setPlacing({ from_mm: at, to_mm: at });
    else if (phase === "move") setPlacing((now) => (now?.from_mm ? { ...now, to_mm: at } : now));
    else if (placing?.from_mm) {
      void hand.edit({ kind: "add_seed", ...pointedAt(placing.from_mm, at), why: reasonOf(t, why, "added") }).then((done) => {
        setPlacing(done ? null : { from_mm: null, to_mm: null });
        if (done) setWhy("");
      });
    }
  }
  useNewest(state, setChosen);

  return (
    <div className="workspace verify">
      <aside className="side">
        <Head hand={hand} state={shown} detail={detail} may={may} />
        {may ? (
          <section className="panel" aria-labelledby="by-hand">
            <h2 id="by-hand">{t("verify.hand")}</h2>
            <HandTools
              hand={hand}
              state={state}
              chosen={state.seeds.find((seed) => seed.number === chosen) ?? null}
              why={why}
              onWhy={setWhy}
              placing={placing}
              onPlacing={setPlacing}
            />
            {dragged.dragging ? <p className="warn">{t("plan.dragging")}</p> : null}
          </section>
        ) : null}
        <section className="panel" aria-live="polite">
          <h2>{t("verify.coldTitle")}</h2>
          <Cold cold={shown.cold} onGo={go} />
        </section>
        <section className="panel">
          <h2>{t("verify.goals")}</h2>
          <GivenGoals goals={shown.goals} topUp={Boolean(shown.top_up?.seeds)} />
        </section>
        <More hand={hand} state={state} chosen={chosen} onChoose={choose} onGo={go} />
      </aside>
      <div className="verify-main">
        {beside ? (
          <SideBySide state={state} volume={volume} view={view} overlay={overlay} tools={toggle} />
        ) : (
          <ThreePlanes
            volume={volume}
            view={view}
            overlay={overlay}
            hand={seedHand}
            {...(may && placing ? { onPen: (_: Axis, at: Point, phase: "down" | "move" | "up") => place(at, phase), penInAll: true } : {})}
            tools={
              <>
                <DoseSwitch state={state} which={offered} onWhich={setWhich} problem={state.dvhs.given ? problem : null} />
                {toggle}
              </>
            }
            corner={<Curves dvhs={shown.dvhs} prescription_gy={prescription_gy} target={state.target ?? ""} colours={colours} />}
          />
        )}
        <SeedRow name={name} seeds={state.seeds} chosen={chosen} may={may} busy={hand.busy} onChoose={choose} onJudge={hand.judge} />
      </div>
    </div>
  );
}

/** Begin at the first seed that somebody has to look at, else in the middle of the seeds. */
function useAtFirst(state: DoneState, choose: (seed: number) => void, view: ViewStore): void {
  useEffect(() => {
    const first = rowOf(state.seeds).find((seed) => seed.state === "open") ?? state.seeds[0];
    if (!first) return;
    choose(first.number);
    view.set({ crosshair_mm: first.position_mm, centre_mm: first.position_mm, zoom: 5 });
    // once, when the page opens
  }, [view]);
}

/** A seed that was just added is the chosen one. */
function useNewest(state: DoneState, choose: (seed: number) => void): void {
  const last = state.changes[state.changes.length - 1];
  const [seen, setSeen] = useState(state.version);
  useEffect(() => {
    if (state.version === seen) return;
    setSeen(state.version);
    if (last?.kind === "added" && last.version === state.version) choose(last.seed);
  }, [state.version]);
}

/** Seeds that count can be taken hold of; a click chooses, a drag moves where one may. */
function useSeedHand(state: DoneState, dragged: ReturnType<typeof useDrag>, why: string | null, choose: (seed: number) => void): SeedHand {
  const { drag, drop, cancel } = dragged;
  const movable = useCallback((number: number) => why !== null && state.seeds.some((seed) => seed.number === number && seed.counts), [state.seeds, why]);
  return useMemo(
    () => ({
      onTake: (number) => {
        if (number > 0) choose(number);
      },
      onMove: (number, at) => {
        if (movable(number)) drag(number, at, why ?? "");
      },
      onLetGo: (number, at) => {
        if (movable(number)) drop(number, at, why ?? "");
      },
      onCancel: cancel,
    }),
    [movable, drag, drop, cancel, why, choose],
  );
}

function lineOf(placing: Placing | null): { name: string; entry_mm: Point; tip_mm: Point }[] {
  return placing?.from_mm && placing.to_mm ? [{ name: "", entry_mm: placing.from_mm, tip_mm: placing.to_mm }] : [];
}

interface DoseProps {
  state: DoneState;
  which: DoseOf;
  onWhich: (which: DoseOf) => void;
  problem: unknown;
}

function DoseSwitch({ state, which, onWhich, problem }: DoseProps): ReactNode {
  const { t } = useWords();
  const offered: DoseOf[] = ["planned", "given", ...(state.top_up?.seeds ? (["top_up"] as const) : [])];
  return (
    <>
      <div className="switch" role="group" aria-label={t("verify.doseOf")}>
        {offered.map((each) => (
          <button key={each} type="button" aria-pressed={which === each} onClick={() => onWhich(each)}>
            {t(`verify.dose.${each}`)}
          </button>
        ))}
      </div>
      {problem ? (
        <span className="bad" role="alert">
          {t("verify.noDose")}
        </span>
      ) : null}
    </>
  );
}
