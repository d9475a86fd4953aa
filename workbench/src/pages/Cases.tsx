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
import type { CaseRow, ImportResult, Job } from "../types/cases";
import { ImportReport, importResult, isNoted } from "./case/ImportReport";
import { Imports } from "./case/Imports";
import { Upload } from "./case/Upload";

export default function Cases(): ReactNode {
  const { t, date, language } = useWords();
  const may = useMay("clinician", "physicist");
  const [, go] = useLocation();
  const [job, setJob] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [ended, setEnded] = useState<ImportResult | null>(null);
  const { data, error, mutate } = useSWR("/cases", (path: string) => get<{ cases: CaseRow[] }>(path));

  async function demo(): Promise<void> {
    setProblem(null);
    try {
      setJob((await send<Job>("POST", "/demo")).id);
    } catch (refused) {
      setProblem(refused);
    }
  }

  /** One patient's images are shown at once, unless something was noted that is to be read before. */
  function done(job: Job): void {
    setJob(null);
    void mutate();
    const found = importResult(job);
    const first = found?.cases[0];
    const read = found !== null && job.kind === "import" && isNoted(found);
    if (first && found.imported.length < 2 && !read) go(`/cases/${first}`);
    else setEnded(found);
  }

  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <h1>{t("cases.title")}</h1>
      {may ? (
        <section className="panel">
          <Upload
            onJob={(started) => {
              setEnded(null);
              setJob(started);
            }}
            onProblem={setProblem}
          />
          <div className="row">
            <button type="button" onClick={() => void demo()}>
              {t("cases.demo")}
            </button>
            <span className="soft">{t("cases.demo.text")}</span>
          </div>
          {job ? <JobBar job={job} onDone={done} /> : null}
          {problem ? <Trouble error={problem} /> : null}
          {ended ? (
            <div className="import-report" role="status">
              <h2>{t("imports.done")}</h2>
              <ImportReport found={ended} />
              {ended.cases[0] ? <Link href={`/cases/${ended.cases[0]}`}>{t("jobs.case")}</Link> : null}
            </div>
          ) : null}
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
      <Imports />
    </>
  );
}
