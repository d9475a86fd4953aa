/** What a verification is of and what holds of it, above the lists; and the panels below them. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../language";
import { JobBar } from "../../parts/JobBar";
import { Said } from "../../parts/Said";
import { Trouble } from "../../parts/Trouble";
import { useMay } from "../../session";
import type { CaseDetail } from "../../types/cases";
import type { DoneState } from "../../types/verifications";
import type { Point } from "../../viewer/geometry";
import { AllSeeds, Counts, Legend, TopUpPanel } from "./Panels";
import { Numbers } from "./Numbers";
import { Signing } from "./Signing";
import type { VerificationInHand } from "./useVerification";

interface HeadProps {
  hand: VerificationInHand;
  state: DoneState;
  detail: CaseDetail;
  may: boolean;
}

export function Head({ hand, state, detail, may }: HeadProps): ReactNode {
  const { t, date } = useWords();
  const synthetic = detail.synthetic || detail.series_description.endsWith("SYNTHETIC");
  return (
    <section className="panel">
      <h1>{t("verify.title")}</h1>
      <p className="soft">
        <Link href={`/cases/${state.case}`}>{detail.patient_id || t("app.unknown")}</Link> · {date(detail.study_date)} ·{" "}
        <Link href={`/plans/${state.plan}`}>
          {state.target}, {state.prescription_gy} Gy
        </Link>{" "}
        · {state.approved ? "✓ " : ""}
        {t("plan.sign.version", { version: state.version })}
      </p>
      {synthetic ? <p className="warn">{t("cases.synthetic")}</p> : null}
      <Counts state={state} />
      <Legend state={state} />
      {state.stale ? (
        <div className="stale" role="alert">
          <p className="warn">△ {t(state.same_seeds ? "verify.decidedSince" : state.live ? "verify.live" : "verify.stale")}</p>
          {may ? (
            <button type="button" disabled={hand.working} onClick={() => void hand.start("recompute")}>
              {t("verify.again")}
            </button>
          ) : null}
        </div>
      ) : null}
      <Numbers hand={hand} state={state} may={may} />
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

export function More({ hand, state, chosen, onChoose, onGo }: MoreProps): ReactNode {
  const { t } = useWords();
  const physicist = useMay("physicist") && !state.signatures.length;
  return (
    <>
      <section className="panel">
        <h2>{t("verify.topUp")}</h2>
        <TopUpPanel state={state} may={physicist} busy={hand.working} onAsk={() => void hand.start("top-up")} onGo={onGo} />
      </section>
      <Signing hand={hand} state={state} />
      <section className="panel">
        <h2>{t("verify.seeds")}</h2>
        <p className="soft">{t("verify.confidenceText")}</p>
        <AllSeeds seeds={state.seeds} chosen={chosen} onChoose={onChoose} />
        <Changes state={state} />
      </section>
      <section className="panel">
        <h2>{t("verify.notes")}</h2>
        <ul className="notes">
          {state.notes.map((note) => (
            <li key={note}>
              <Said text={note} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** Everything that people did to the seeds, the latest first. */
function Changes({ state }: { state: DoneState }): ReactNode {
  const { t, date } = useWords();
  if (!state.changes.length) return null;
  return (
    <details>
      <summary>{t("verify.changes", { count: state.changes.length })}</summary>
      <ul className="list scroll">
        {[...state.changes].reverse().map((each) => (
          <li key={each.version}>
            <span>
              {each.seed ? `${t("verify.seed", { number: each.seed })}: ` : ""}
              {t(each.kind === "judged" ? `verify.state.${each.state}` : `verify.did.${each.kind}`)}
              {each.kind === "restated" ? `: ${each.implanted}` : ""}
            </span>
            <span className="soft">
              {each.by} · {date(each.at)} {each.at.slice(11, 16)} UTC{each.why ? ` · ${each.why}` : ""}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
