import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link, useParams } from "wouter";
import { useWords } from "../language";
import { JobBar } from "../parts/JobBar";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import type { CaseDetail } from "../types/cases";
import type { DoneState, DoseOf } from "../types/verifications";
import type { Point } from "../viewer/geometry";
import { ThreePlanes } from "../viewer/ThreePlanes";
import { useCase } from "../viewer/useCase";
import { useView, type ViewStore } from "../viewer/viewState";
import type { Volume } from "../viewer/volume";
import { Curves } from "./verify/Curves";
import { drawnLines, drawnSeeds, rowOf } from "./verify/marks";
import { AllSeeds, Cold, Counts, GivenGoals, Legend, TopUpPanel } from "./verify/Panels";
import { SideBySide } from "./verify/SideBySide";
import { SeedRow } from "./verify/SeedRow";
import { useContours, useDose, useVerification, type VerificationInHand } from "./verify/useVerification";

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
  const may = useMay("clinician", "physicist");
  const name = state.verification;
  const contours = useContours(name, state.run.at);
  const shown = which === "top_up" && !state.top_up?.seeds ? "given" : which;
  const { dose, problem } = useDose(name, state.run.at, shown, crosshair_mm);
  const prescription_gy = state.prescription_gy ?? 0;
  const colours = useMemo(() => new Map(contours.map((each) => [each.name, each.colour])), [contours]);
  // a deformable registration is no rigid motion: then nothing is linked
  const linkable = state.to_post !== null || state.registration === null;
  useAtFirst(state, setChosen, view);

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
      seeds: drawnSeeds(state, chosen),
      needles: drawnLines(state),
      dose,
      prescription_gy,
      chosenSeed: chosen,
    }),
    [contours, state, chosen, dose, prescription_gy],
  );
  const seedHand = useMemo(
    () => ({
      onTake: (number: number) => {
        if (number > 0) setChosen(number);
      },
      onMove: () => undefined,
      onLetGo: () => undefined,
    }),
    [],
  );

  return (
    <div className="workspace verify">
      <aside className="side">
        <Head hand={hand} state={state} detail={detail} may={may} />
        <section className="panel" aria-live="polite">
          <h2>{t("verify.coldTitle")}</h2>
          <Cold cold={state.cold} onGo={go} />
        </section>
        <section className="panel">
          <h2>{t("verify.goals")}</h2>
          <GivenGoals goals={state.goals} topUp={Boolean(state.top_up?.seeds)} />
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
            tools={
              <>
                <DoseSwitch state={state} which={shown} onWhich={setWhich} problem={state.dvhs.given ? problem : null} />
                {toggle}
              </>
            }
            corner={<Curves dvhs={state.dvhs} prescription_gy={prescription_gy} target={state.target ?? ""} colours={colours} />}
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

function Head({ hand, state, detail, may }: { hand: VerificationInHand; state: DoneState; detail: CaseDetail; may: boolean }): ReactNode {
  const { t, date } = useWords();
  const synthetic = detail.synthetic || detail.series_description.endsWith("SYNTHETIC");
  return (
    <section className="panel">
      <h1>{t("verify.title")}</h1>
      <p className="soft">
        <Link href={`/cases/${state.case}`}>{detail.patient_id || t("app.unknown")}</Link> · {date(detail.study_date)} ·{" "}
        <Link href={`/plans/${state.plan}`}>
          {state.target}, {state.prescription_gy} Gy
        </Link>
      </p>
      {synthetic ? <p className="warn">{t("cases.synthetic")}</p> : null}
      <Counts state={state} />
      <Legend state={state} />
      {state.stale ? (
        <div className="stale" role="alert">
          <p className="warn">△ {t("verify.stale")}</p>
          {may ? (
            <button type="button" className="primary" disabled={hand.working} onClick={() => void hand.start("recompute")}>
              {t("verify.again")}
            </button>
          ) : null}
        </div>
      ) : null}
      {hand.job ? <JobBar key={hand.job} job={hand.job} onDone={() => void hand.reload()} /> : null}
      {hand.problem ? <Trouble error={hand.problem} onRetry={hand.clearProblem} /> : null}
      <p className="soft">{t("verify.proposal")}</p>
    </section>
  );
}

interface MoreProps {
  hand: VerificationInHand;
  state: DoneState;
  chosen: number | null;
  onChoose: (seed: number) => void;
  onGo: (place: Point) => void;
}

function More({ hand, state, chosen, onChoose, onGo }: MoreProps): ReactNode {
  const { t } = useWords();
  const physicist = useMay("physicist");
  return (
    <>
      <section className="panel">
        <h2>{t("verify.topUp")}</h2>
        <TopUpPanel state={state} may={physicist} busy={hand.working} onAsk={() => void hand.start("top-up")} onGo={onGo} />
      </section>
      <section className="panel">
        <h2>{t("verify.seeds")}</h2>
        <p className="soft">{t("verify.confidenceText")}</p>
        <AllSeeds seeds={state.seeds} chosen={chosen} onChoose={onChoose} />
      </section>
      <section className="panel">
        <h2>{t("verify.notes")}</h2>
        <ul className="notes">
          {state.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </section>
    </>
  );
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
