import { type ReactNode, useState } from "react";
import useSWR from "swr";
import { Link, useLocation } from "wouter";
import { get, send } from "../api";
import { useWords } from "../language";
import { personName } from "../language/names";
import { JobBar } from "../parts/JobBar";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import type { CaseRow, Job } from "../types/cases";
import { Upload } from "./case/Upload";

export default function Cases(): ReactNode {
  const { t, date, language } = useWords();
  const may = useMay("clinician", "physicist");
  const [, go] = useLocation();
  const [job, setJob] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const { data, error, mutate } = useSWR("/cases", (path: string) => get<{ cases: CaseRow[] }>(path));

  async function demo(): Promise<void> {
    setProblem(null);
    try {
      setJob((await send<Job>("POST", "/demo")).id);
    } catch (refused) {
      setProblem(refused);
    }
  }

  function done(ended: Job): void {
    setJob(null);
    void mutate();
    const found = (ended.result?.["cases"] ?? []) as string[];
    const patients = new Set(((ended.result?.["imported"] ?? []) as { patient_id: string }[]).map((each) => each.patient_id));
    if (found[0] && patients.size < 2) go(`/cases/${found[0]}`);
  }

  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <h1>{t("cases.title")}</h1>
      {may ? (
        <section className="panel">
          <Upload onJob={setJob} onProblem={setProblem} />
          <div className="row">
            <button type="button" onClick={() => void demo()}>
              {t("cases.demo")}
            </button>
            <span className="soft">{t("cases.demo.text")}</span>
          </div>
          {job ? <JobBar job={job} onDone={done} /> : null}
          {problem ? <Trouble error={problem} /> : null}
        </section>
      ) : null}
      <section className="panel">
        {data.cases.length ? (
          <table>
            <thead>
              <tr>
                <th scope="col">{t("cases.patient")}</th>
                <th scope="col">{t("cases.name")}</th>
                <th scope="col">{t("cases.date")}</th>
                <th scope="col">{t("cases.series")}</th>
                <th scope="col">{t("cases.images")}</th>
                <th scope="col">{t("cases.sets")}</th>
              </tr>
            </thead>
            <tbody>
              {data.cases.map((row) => (
                <tr key={row.case}>
                  <th scope="row">
                    <Link href={`/cases/${row.case}`}>{row.patient_id || t("app.unknown")}</Link>
                  </th>
                  <td>{personName(row.patient_name, language)}</td>
                  <td>{date(row.study_date)}</td>
                  <td>{row.series_description}</td>
                  <td>{row.images}</td>
                  <td>{row.structure_sets}</td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : (
          <p className="soft">{t("cases.none")}</p>
        )}
      </section>
    </>
  );
}
