/** The verifications of a case: those there are, a new one, and for the digital patient a synthetic implantation. */

import { type FormEvent, type ReactNode, useState } from "react";
import useSWR from "swr";
import { Link, useLocation } from "wouter";
import { get, send } from "../../api";
import { useWords } from "../../language";
import { JobBar } from "../../parts/JobBar";
import { NumberInput } from "../../parts/NumberInput";
import { Trouble } from "../../parts/Trouble";
import { useMay } from "../../session";
import type { CaseDetail, Job } from "../../types/cases";
import type { ApprovedPlan, Begun, VerificationList, VerificationRow } from "../../types/verifications";

/** The seeds that count, beside those implanted where these are others. */
function counted({ found = 0, count }: VerificationRow, t: ReturnType<typeof useWords>["t"]): string {
  if (count === null || count === found) return t("plans.seeds", { count: found });
  return `✗ ${t("plans.seeds", { count: t("verify.of", { found, all: count }) })}`;
}

export function Verifications({ detail }: { detail: CaseDetail }): ReactNode {
  const { t, date, number } = useWords();
  const may = useMay("clinician", "physicist");
  const { data, error, mutate } = useSWR(`/cases/${detail.case}/verifications`, (path: string) => get<VerificationList>(path));
  const demo = detail.series_description.endsWith("SYNTHETIC") && detail.plans.some((plan) => plan.state === "approved");
  return (
    <section className="panel">
      <h2>{t("verify.title")}</h2>
      {error ? <Trouble error={error} onRetry={() => void mutate()} /> : null}
      {data?.verifications.length ? (
        <ul className="list">
          {data.verifications.map((each) => (
            <li key={each.verification}>
              <Link href={`/verifications/${each.verification}`}>
                {each.state === "none" ? t("verify.nothing") : each.stale ? `${each.target ?? ""}, △ ${t("verify.changedSince")}` : `${each.target ?? ""}, D90 ${number(each.d90_gy ?? null)} Gy`}
              </Link>
              <span className="soft">
                {each.found === undefined ? "" : `${counted(each, t)} · `}
                {each.by} · {date(each.at)}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="soft">{t("verify.none")}</p>
      )}
      {may && data?.plans.length ? <NewVerification caseName={detail.case} plans={data.plans} /> : null}
      {data && !data.plans.length ? <p className="soft">{t("verify.first")}</p> : null}
      {may && demo ? <DemoImplant detail={detail} /> : null}
    </section>
  );
}

function NewVerification({ caseName, plans }: { caseName: string; plans: ApprovedPlan[] }): ReactNode {
  const { t, date } = useWords();
  const [, go] = useLocation();
  const [plan, setPlan] = useState(plans[0]?.plan ?? "");
  const [count, setCount] = useState(String(plans[0]?.seed_count ?? ""));
  const [problem, setProblem] = useState<unknown>(null);

  function choose(name: string): void {
    setPlan(name);
    setCount(String(plans.find((each) => each.plan === name)?.seed_count ?? ""));
  }

  async function begin(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const day = String(new FormData(event.currentTarget).get("day") ?? "");
    const body = { plan, ...(count ? { count: Number(count) } : {}), ...(day ? { implanted_on: day } : {}) };
    try {
      const begun = await send<Begun>("POST", `/cases/${caseName}/verifications`, body);
      go(`/verifications/${begun.verification}`);
    } catch (refused) {
      setProblem(refused);
    }
  }

  return (
    <form className="stack begin" onSubmit={(event) => void begin(event)}>
      <label>
        {t("verify.plan")}
        <select value={plan} onChange={(event) => choose(event.target.value)}>
          {plans.map((each) => (
            <option key={each.plan} value={each.plan}>
              {each.target}, {each.prescription_gy} Gy, {t("plans.seeds", { count: each.seed_count })}, {date(each.study_date)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("verify.implanted")}
        <NumberInput key={plan} min={0} max={1000} whole initial={count === "" ? null : Number(count)} onNumber={(value) => setCount(value === null ? "" : String(value))} />
      </label>
      <label>
        {t("verify.day")}
        <input type="date" name="day" />
      </label>
      <button className="primary">{t("verify.begin")}</button>
      {problem ? <Trouble error={problem} /> : null}
    </form>
  );
}

function DemoImplant({ detail }: { detail: CaseDetail }): ReactNode {
  const { t } = useWords();
  const [, go] = useLocation();
  const [job, setJob] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const plan = detail.plans.find((each) => each.state === "approved");

  async function implant(): Promise<void> {
    setProblem(null);
    try {
      setJob((await send<Job>("POST", `/plans/${plan?.plan}/demo-implant`, {})).id);
    } catch (refused) {
      setProblem(refused);
    }
  }

  return (
    <div className="stack">
      <button type="button" disabled={job !== null} onClick={() => void implant()}>
        {t("verify.demo")}
      </button>
      <p className="soft">{t("verify.demo.text")}</p>
      {job ? <JobBar key={job} job={job} onDone={(done) => go(`/cases/${String(done.result?.["case"])}`)} /> : null}
      {problem ? <Trouble error={problem} onRetry={() => setProblem(null)} /> : null}
    </div>
  );
}
