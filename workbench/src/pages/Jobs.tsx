import type { ReactNode } from "react";
import useSWR from "swr";
import { Link } from "wouter";
import { get } from "../api";
import { useWords } from "../language";
import { JobBar, JobError } from "../parts/JobBar";
import { kindText } from "../parts/jobWords";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import type { Job } from "../types/cases";
import { isOver, linksOf, secondsOf, secondsText } from "./jobs/results";

const EVERY_MS = 5000;
const MARKS: Record<Job["state"], string> = { waiting: "○", running: "●", done: "✓", failed: "✗", stopped: "■" };

export default function Jobs(): ReactNode {
  const { t } = useWords();
  const { data, error, mutate } = useSWR("/jobs", (path: string) => get<{ jobs: Job[] }>(path), { refreshInterval: EVERY_MS });
  if (error && !data) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  const running = data.jobs.filter((each) => !isOver(each));
  const over = data.jobs.filter(isOver);
  return (
    <>
      <h1>{t("nav.jobs")}</h1>
      {error ? <Trouble error={error} onRetry={() => void mutate()} /> : null}
      <section className="panel">
        <h2>{t("jobs.now")}</h2>
        {running.length ? (
          running.map((each) => (
            <div key={each.id} className="running">
              <strong>{kindText(t, each.kind)}</strong>{" "}
              <span className="soft">
                {each.by} · {secondsText(secondsOf(each, Date.now()))}
              </span>
              <JobBar job={each.id} onDone={() => void mutate()} onOver={() => void mutate()} />
            </div>
          ))
        ) : (
          <p className="soft">{t("jobs.noneNow")}</p>
        )}
      </section>
      <section className="panel">
        <h2>{t("jobs.over")}</h2>
        {over.length ? <Over jobs={over} /> : <p className="soft">{t("jobs.none")}</p>}
      </section>
    </>
  );
}

function Over({ jobs }: { jobs: readonly Job[] }): ReactNode {
  const { t } = useWords();
  return (
    <div className="wide">
      <table className="cohort">
        <thead>
          <tr>
            <th scope="col">{t("jobs.kind")}</th>
            <th scope="col">{t("jobs.state")}</th>
            <th scope="col">{t("jobs.by")}</th>
            <th scope="col">{t("jobs.started")}</th>
            <th scope="col">{t("jobs.took")}</th>
            <th scope="col">{t("jobs.result")}</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((each) => (
            <tr key={each.id}>
              <th scope="row">{kindText(t, each.kind)}</th>
              <td className={each.state === "failed" ? "bad" : each.state === "done" ? "good" : "soft"}>
                {MARKS[each.state]} {t(`jobs.state.${each.state}`)}
              </td>
              <td>{each.by}</td>
              <td>{each.started ? each.started.replace("T", " ").replace("Z", " UTC") : "–"}</td>
              <td>{secondsText(secondsOf(each, Date.now()))}</td>
              <td className="text">
                {each.state === "failed" ? <JobError job={each} /> : null}
                {linksOf(each).map((link) => (
                  <Link key={link.href} href={link.href}>
                    {t(link.word)}{" "}
                  </Link>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
