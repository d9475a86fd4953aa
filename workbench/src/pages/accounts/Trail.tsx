/** Who saw and did what: filtered, page by page, and whether the chain of it is whole. */

import { type FormEvent, type ReactNode, useState } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { TrailPage, TrailProof } from "../../types/cohort";
import { pageCount } from "./roles";

const NOTHING = { patient: "", who: "", since: "" };

export function Trail(): ReactNode {
  const { t } = useWords();
  const [typed, setTyped] = useState(NOTHING);
  const [asked, setAsked] = useState(NOTHING);
  const [page, setPage] = useState(1);
  const query = new URLSearchParams({ page: String(page), ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value)) });
  const { data, error, mutate } = useSWR(`/trail?${query.toString()}`, (path: string) => get<TrailPage>(path), { keepPreviousData: true });

  function submit(event: FormEvent): void {
    event.preventDefault();
    setPage(1);
    setAsked(typed);
    void mutate();
  }

  const field = (name: "patient" | "who" | "since", type: string): ReactNode => (
    <label>
      {t(`trail.${name}`)} <input type={type} value={typed[name]} onChange={(event) => setTyped({ ...typed, [name]: event.target.value })} />
    </label>
  );
  return (
    <section className="panel">
      <div className="row spread">
        <h2>{t("trail.title")}</h2>
        <Proof />
      </div>
      <form className="row" onSubmit={submit}>
        {field("patient", "text")}
        {field("who", "text")}
        {field("since", "date")}
        <button className="primary">{t("trail.show")}</button>
      </form>
      {error ? <Trouble error={error} onRetry={() => void mutate()} /> : null}
      {data ? <Entries data={data} page={page} onPage={setPage} /> : error ? null : <Waiting />}
    </section>
  );
}

function Proof(): ReactNode {
  const { t } = useWords();
  const { data, error, mutate, isValidating } = useSWR("/trail/proof", (path: string) => get<TrailProof>(path));
  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  return (
    <div role="status">
      <span className={data.sound ? "good" : "bad"} title={data.head}>
        {data.sound ? `✓ ${t("trail.whole", { count: data.entries })}` : `✗ ${t("trail.broken", { count: data.faults.length + data.more_faults })}`}
      </span>{" "}
      <button type="button" disabled={isValidating} onClick={() => void mutate()}>
        {t("trail.check")}
      </button>
      <p className="soft small">
        {t("trail.head")} <code>{data.head.slice(0, 16)}</code>
      </p>
      {data.sound ? null : (
        <ul>
          {data.faults.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Entries({ data, page, onPage }: { data: TrailPage; page: number; onPage: (page: number) => void }): ReactNode {
  const { t, say } = useWords();
  const pages = pageCount(data.total, data.per_page);
  return (
    <>
      <div className="row pager">
        <span>{t("trail.count", { count: data.total })}</span>
        <button type="button" disabled={page <= 1} onClick={() => onPage(page - 1)}>
          {t("trail.newer")}
        </button>
        <span>{t("trail.page", { page, pages })}</span>
        <button type="button" disabled={page >= pages} onClick={() => onPage(page + 1)}>
          {t("trail.older")}
        </button>
      </div>
      <div className="wide">
        <table className="cohort">
          <thead>
            <tr>
              <th scope="col">{t("trail.number")}</th>
              <th scope="col">{t("trail.at")}</th>
              <th scope="col">{t("trail.who")}</th>
              <th scope="col">{t("trail.what")}</th>
              <th scope="col">{t("trail.patient")}</th>
              <th scope="col">{t("trail.detail")}</th>
              <th scope="col">{t("trail.origin")}</th>
            </tr>
          </thead>
          <tbody>
            {data.entries.map((each) => (
              <tr key={each.number}>
                <td>{each.number}</td>
                <td>{each.at.replace("T", " ").replace("Z", " UTC")}</td>
                <td>{each.who}</td>
                <td>{say(each.what, true)}</td>
                <td>{each.patient_id}</td>
                <td className="text">{each.detail}</td>
                <td>{each.origin}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
