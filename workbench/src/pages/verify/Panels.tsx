/** The lists beside the pictures: seeds counted, cold regions, goals as planned and as given, further seeds. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { GoalRow } from "../../types/plans";
import type { ColdRegion, DoneState, GivenGoal, SeenSeed, Unpaired } from "../../types/verifications";
import type { Point } from "../../viewer/geometry";
import { COLOURS, sidesOf } from "./marks";
import { nameOf, surenessOf } from "./sureness";

export function Counts({ state }: { state: DoneState }): ReactNode {
  const { t, number } = useWords();
  const { counting, implanted, differ } = state.numbering;
  const target = state.metrics.given?.["target"];
  const { mean_mm, max_mm, missing, extra } = state.placement;
  const numbered = (seeds: readonly Unpaired[]): string =>
    seeds.length ? t("verify.numbered", { count: seeds.length, numbers: seeds.map((seed) => seed.number).join(", ") }) : "0";
  const earlier = state.stale && !state.same_seeds ? <span className="soft"> {t("verify.earlier")}</span> : null;
  return (
    <dl className="facts">
      <dt>{t("verify.counted")}</dt>
      <dd className={differ ? "bad" : ""}>
        {implanted === null ? counting : t(counting > implanted ? "verify.ofMore" : "verify.of", { found: counting, all: implanted })}
        {differ ? ` ✗ ${t("verify.notAll")}` : ""}
      </dd>
      <dt>{t("verify.away")}</dt>
      <dd>
        {number(mean_mm ?? null)} / {number(max_mm ?? null)} mm{earlier}
      </dd>
      <dt>{t("verify.missing")}</dt>
      <dd>
        {numbered(missing)}
        {earlier}
      </dd>
      <dt>{t("verify.extra")}</dt>
      <dd>
        {numbered(extra)}
        {earlier}
      </dd>
      {state.registration ? (
        <>
          <dt>{t("verify.registration")}</dt>
          <dd className={state.registration.grade === "good" ? "good" : "warn"}>
            {t(`verify.grade.${state.registration.grade}`)} ({number(state.registration.inverse_consistency_mm, 2)} mm)
          </dd>
        </>
      ) : null}
      {state.localisation ? (
        <>
          <dt>D90</dt>
          <dd>
            {number(state.localisation.d90_gy.seen)} Gy ({number(state.localisation.d90_gy.p5)}–{number(state.localisation.d90_gy.p95)})
          </dd>
          <dt>V100</dt>
          <dd>
            {number(state.localisation.v100_pct.seen)} % ({number(state.localisation.v100_pct.p5)}–{number(state.localisation.v100_pct.p95)})
          </dd>
        </>
      ) : target ? (
        <>
          <dt>D90, V100</dt>
          <dd>
            {number(target["d90_gy"] ?? null)} Gy, {number(target["v100_pct"] ?? null)} %
          </dd>
        </>
      ) : null}
    </dl>
  );
}

export function Legend({ state }: { state: DoneState }): ReactNode {
  const { t } = useWords();
  const shown = [
    ["sure", false],
    ["doubtful", false],
    ["hand", false],
    ["planned", true],
    ...(state.top_up?.seeds ? ([["topUp", false]] as const) : []),
  ] as const;
  return (
    <ul className="legend">
      {shown.map(([name, dashed]) => (
        <li key={name}>
          <svg width="22" height="8" aria-hidden="true">
            <line x1="1" y1="4" x2="21" y2="4" stroke={COLOURS[name]} strokeWidth="4" strokeDasharray={dashed ? "4 3" : "none"} />
          </svg>
          {t(`verify.legend.${name}`)}
        </li>
      ))}
    </ul>
  );
}

interface ColdProps {
  cold: readonly ColdRegion[];
  onGo: (place: Point) => void;
}

export function Cold({ cold, onGo }: ColdProps): ReactNode {
  const { t, number, language, said } = useWords();
  const place = (region: ColdRegion): string => {
    const sides = language === "en" ? [] : sidesOf(region.place);
    if (!sides.length) return said(region.place, true) ?? region.place;
    const words = sides.map(({ mm, side }) => `${t(`verify.side.${side}`)} ${mm} mm`).join("、");
    return region.slices ? `${words} · ${t("verify.slices", { from: region.slices[0], to: region.slices[1] })}` : words;
  };
  if (!cold.length) return <p className="good">✓ {t("verify.noCold")}</p>;
  return (
    <ol className="cold">
      {cold.map((region, at) => (
        <li key={region.coldest_mm.join(" ")}>
          <button type="button" onClick={() => onGo(region.coldest_mm)}>
            <span className="unseen">{t("verify.goCold", { number: at + 1 })}: </span>
            {number(region.volume_cc, 2)} cc ({number(region.share_pct)} %) · {t("verify.least", { gy: number(region.least_gy, 0) })}
          </button>
          <span className="soft">
            {place(region)}
            {region.deep.map((deep) => ` · ${t("verify.deep", { cc: number(deep.volume_cc, 2), gy: number(deep.below_gy, 0) })}`).join("")}
          </span>
        </li>
      ))}
    </ol>
  );
}

export function GivenGoals({ goals, topUp }: { goals: readonly GivenGoal[]; topUp: boolean }): ReactNode {
  const { t } = useWords();
  const heads = ["plan.goal", "plan.asked", "verify.dose.planned", "verify.dose.given"] as const;
  return (
    <div className="wide">
      <table className="goals">
        <caption className="unseen">{t("verify.goals")}</caption>
        <thead>
          <tr>
            {[...heads, ...(topUp ? (["verify.topUp"] as const) : [])].map((key) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {goals.map((goal) => (
            <tr key={goal.goal} title={goal.source}>
              <th scope="row">
                {goal.structure === "target" ? t("verify.target") : goal.structure} {goal.metric}
              </th>
              <td>
                {goal.sense === "at least" ? "≥" : "≤"} {goal.limit} {goal.unit}
              </td>
              <Reached goal={goal.planned} />
              <Reached goal={goal} />
              {topUp ? <Reached goal={goal.top_up} /> : null}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft">{t("verify.marks")}</p>
    </div>
  );
}

/** What is reached, with a mark, and with a word for who hears the page. */
function Reached({ goal }: { goal: GoalRow | null }): ReactNode {
  const { t, number } = useWords();
  if (!goal) return <td>–</td>;
  const verdict = goal.met ? "plan.met" : goal.hard ? "plan.missed" : "plan.missedSoft";
  return (
    <td className={goal.met ? "" : goal.hard ? "bad" : "warn"}>
      {number(goal.value)} <span aria-hidden="true">{goal.met ? "✓" : goal.hard ? "✗" : "△"}</span>
      <span className="unseen">{t(verdict)}</span>
    </td>
  );
}

interface TopUpProps {
  state: DoneState;
  may: boolean;
  busy: boolean;
  onAsk: () => void;
  onGo: (place: Point) => void;
}

export function TopUpPanel({ state, may, busy, onAsk, onGo }: TopUpProps): ReactNode {
  const { t, number } = useWords();
  const found = state.top_up;
  return (
    <>
      {found === null ? (
        <p className="soft">{t(state.run.top_up ? "verify.topUp.none" : "verify.topUp.not")}</p>
      ) : found.seeds === 0 ? (
        <p className="good">✓ {t("verify.topUp.enough")}</p>
      ) : (
        <>
          <p>
            {t("verify.topUp.seeds", { seeds: found.seeds, needles: found.needles.length })}{" "}
            {t("verify.topUp.cold", { before: number(found.cold_before_cc, 2), after: number(found.cold_after_cc, 2) })}
          </p>
          <ul className="list">
            {found.needles.map((needle) => (
              <li key={needle.name}>
                <button type="button" onClick={() => onGo((needle.seeds[0]?.position_mm ?? needle.tip_mm) as Point)}>
                  {t("plan.needle")} {needle.name}
                </button>
                <span className="soft">
                  {t("plans.seeds", { count: needle.seeds.length })} · {number(needle.seeds[0]?.strength_u ?? null, 3)} U
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {may ? (
        <button type="button" disabled={busy} onClick={onAsk}>
          {t("verify.topUp.ask")}
        </button>
      ) : null}
      <p className="soft">{t("verify.topUp.decides")}</p>
    </>
  );
}

interface AllProps {
  seeds: readonly SeenSeed[];
  chosen: number | null;
  onChoose: (seed: number) => void;
}

export function AllSeeds({ seeds, chosen, onChoose }: AllProps): ReactNode {
  const words = useWords();
  const { t, number } = words;
  return (
    <details>
      <summary>{t("verify.allSeeds", { count: seeds.length })}</summary>
      <ul className="list scroll">
        {seeds.map((seed) => (
          <li key={seed.number}>
            <button type="button" aria-pressed={seed.number === chosen} onClick={() => onChoose(seed.number)}>
              {nameOf(words, seed)}
            </button>
            <span className="soft">
              {surenessOf(words, seed)}
              {seed.distance_mm === null ? "" : ` · ${number(seed.distance_mm)} mm`}
              {seed.state === "refused" ? ` · ${t("verify.state.refused")}` : ""}
              {seed.by ? ` · ${seed.by}` : ""}
              {seed.why ? `: ${seed.why}` : ""}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
