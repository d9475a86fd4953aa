/** Two CTs of one patient at the same places of the body: before and after treatment. */

import { type ReactNode, useMemo } from "react";
import useSWR from "swr";
import { useLocation, useSearch } from "wouter";
import { get } from "../../../api";
import { useWords } from "../../../language";
import { JobBar } from "../../../parts/JobBar";
import { Trouble } from "../../../parts/Trouble";
import { Waiting } from "../../../parts/Waiting";
import { useMay } from "../../../session";
import type { PairSeries } from "../../../types/pairs";
import { useCase } from "../../../viewer/useCase";
import { idPath } from "../../patients/address";
import { Choose } from "./Choose";
import { Desk } from "./Desk";
import "./pairs.css";
import { type Choice, choiceOf, queryOf } from "./pairing";
import { usePair } from "./usePair";

export default function Pairs({ patient }: { patient: string }): ReactNode {
  const { t } = useWords();
  const place = `/patients/${idPath(patient)}/pairs`;
  const { data, error, mutate } = useSWR(`${place}/series`, (path: string) => get<PairSeries>(path));
  const [, go] = useLocation();
  const search = useSearch();
  const choice = useMemo(() => (data ? choiceOf(new URLSearchParams(search), data.cts) : null), [data, search]);
  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  if (!choice)
    return (
      <section className="panel">
        <h2>{t("pairs.title")}</h2>
        <p>{t(data.cts.length ? "pairs.oneCt" : "pairs.noCt")}</p>
      </section>
    );
  const choose = (next: Choice): void => go(`${place}?${queryOf(next)}`, { replace: true });
  return <OfChoice key={`${choice.before} ${choice.after}`} place={place} series={data} choice={choice} onChoice={choose} />;
}

interface Props {
  place: string;
  series: PairSeries;
  choice: Choice;
  onChoice: (choice: Choice) => void;
}

function OfChoice({ place, series, choice, onChoice }: Props): ReactNode {
  const { t } = useWords();
  const may = useMay("clinician", "physicist");
  const hand = usePair(place, choice);
  const before = useCase(choice.before);
  const choosing = (
    <Choose series={series} choice={choice} onChoice={onChoice} structures={before.structures}>
      {hand.error ? <Trouble error={hand.error} /> : null}
      {hand.job ? <JobBar key={hand.job} job={hand.job} onDone={() => void hand.reload()} onOver={hand.ended} /> : null}
      {hand.problem ? <Trouble error={hand.problem} /> : null}
      {hand.pair?.state === "none" && !hand.working ? (
        <>
          <p>{t("pairs.notYet")}</p>
          {may ? (
            <button type="button" className="primary" onClick={() => void hand.start()}>
              {t("pairs.match")}
            </button>
          ) : null}
        </>
      ) : null}
    </Choose>
  );
  const ready = hand.pair?.state === "done" && before.detail && before.volume && before.view;
  if (!ready || hand.pair?.state !== "done")
    return (
      <div className="workspace pairs">
        <aside className="side">{choosing}</aside>
        <section className="panel pair-empty">
          {before.error ? <Trouble error={before.error} /> : hand.error || hand.pair?.state === "none" ? <p className="soft">{t("pairs.empty")}</p> : <Waiting />}
        </section>
      </div>
    );
  return <Desk key={`${queryOf(choice)} ${hand.pair.matched_at}`} place={place} series={series} choice={choice} hand={hand} pair={hand.pair} before={before} choosing={choosing} />;
}
