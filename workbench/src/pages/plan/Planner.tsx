/** The planner: asked with a few choices, followed while it works, one of its plans taken. */

import { type FormEvent, type ReactNode, useState } from "react";
import useSWR from "swr";
import { get, send } from "../../api";
import { useWords } from "../../language";
import { readNumber } from "../../language/numbers";
import { JobBar } from "../../parts/JobBar";
import { NumberInput } from "../../parts/NumberInput";
import { Trouble } from "../../parts/Trouble";
import type { Job } from "../../types/cases";
import type { FoundPlan, PlannerRun } from "../../types/plans";
import type { PlanInHand } from "./usePlan";

interface Props {
  name: string;
  hand: PlanInHand;
  may: boolean;
}

interface Runs {
  runs: PlannerRun[];
  /** The one that is working, found again after the page was loaded anew. */
  job: Job | null;
}

export function Planner({ name, hand, may }: Props): ReactNode {
  const { t } = useWords();
  const { data, error, mutate } = useSWR(`/plans/${name}/runs`, (path: string) => get<Runs>(path));
  const [started, setStarted] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const job = started ?? data?.job?.id ?? null;

  async function run(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem(null);
    try {
      const body = { mode: form.get("mode"), random_seed: readNumber(String(form.get("seed"))) };
      setStarted((await send<Job>("POST", `/plans/${name}/optimise`, body)).id);
    } catch (refused) {
      setProblem(refused);
    }
  }

  return (
    <section className="panel" aria-labelledby="planner">
      <h2 id="planner">{t("plan.planner")}</h2>
      {may ? <p className="soft">{t("plan.planner.text")}</p> : null}
      {may ? (
        <form className="row" onSubmit={(event) => void run(event)}>
          <label>
            {t("plan.planner.mode")}
            <select name="mode" defaultValue="parallel">
              <option value="parallel">{t("plan.planner.parallel")}</option>
              <option value="fan">{t("plan.planner.fan")}</option>
            </select>
          </label>
          <label>
            {t("plan.planner.seed")}
            <NumberInput name="seed" min={0} max={2147483647} initial={0} whole required />
          </label>
          <button className="primary">{t("plan.planner.run")}</button>
        </form>
      ) : null}
      {problem || error ? <Trouble error={problem ?? error} /> : null}
      {job ? <JobBar key={job} job={job} onDone={() => void mutate()} /> : null}
      {data && !data.runs.length && !job ? <p className="soft">{t("plan.planner.none")}</p> : null}
      {data?.runs.map((each) => (
        <RunTable key={each.run} run={each} hand={hand} may={may} />
      ))}
    </section>
  );
}

function RunTable({ run, hand, may }: { run: PlannerRun; hand: PlanInHand; may: boolean }): ReactNode {
  const { t } = useWords();
  return (
    <div className="sideways">
      <table>
        <caption className="soft">{t("plan.planner.runOf", { seed: run.random_seed })}</caption>
        <thead>
          <tr>
            <td />
            {(["name", "hard", "d90", "v100", "v150", "p5", "seeds", "needles", "activity"] as const).map((key) => (
              <th key={key} scope="col">
                {t(`plan.planner.${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.found.map((plan, number) => (
            <tr key={plan.name}>
              <td>
                {may ? (
                  <button type="button" disabled={hand.busy} onClick={() => void hand.change("take", { run: run.run, number })}>
                    {t("plan.planner.take")}
                    <span className="unseen"> {plan.name}</span>
                  </button>
                ) : null}
              </td>
              <FoundCells plan={plan} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FoundCells({ plan }: { plan: FoundPlan }): ReactNode {
  const { t, number } = useWords();
  const target = plan.metrics["target"] ?? {};
  return (
    <>
      <th scope="row">{plan.name}</th>
      <td className={plan.hard_goals_met ? "good" : "bad"}>
        {plan.hard_goals_met ? "✓" : "✗"}
        <span className="unseen">{t(plan.hard_goals_met ? "plan.met" : "plan.missed")}</span>
      </td>
      <td>{number(target["d90_gy"])}</td>
      <td>{number(target["v100_pct"])}</td>
      <td>{number(target["v150_pct"])}</td>
      <td>{number(plan.d90_p5_gy)}</td>
      <td>{plan.seed_count}</td>
      <td>{plan.needle_count}</td>
      <td>{number(plan.total_activity_mci)}</td>
    </>
  );
}
