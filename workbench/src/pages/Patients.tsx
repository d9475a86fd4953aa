import { type ReactNode, useDeferredValue, useEffect, useState } from "react";
import useSWR from "swr";
import { get } from "../api";
import { type Key, useWords } from "../language";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import type { Part, PatientList, Sort } from "../types/clinic";
import "./patients/clinic.css";
import { NewPatient } from "./patients/NewPatient";
import { PatientTable } from "./patients/PatientTable";
import { Workbook } from "./patients/Workbook";

const PARTS: Part[] = ["all", "open", "due", "missing", "late", "not started"];
const PER_PAGE = 50;

export default function Patients(): ReactNode {
  const { t, date } = useWords();
  const may = useMay("clinician", "physicist");
  const [search, setSearch] = useState("");
  const [part, setPart] = useState<Part>("all");
  const [arm, setArm] = useState("");
  const [sort, setSort] = useState<{ by: Sort; descending: boolean }>({ by: "patient_id", descending: false });
  const [page, setPage] = useState(1);
  const [adding, setAdding] = useState(false);
  const [bringing, setBringing] = useState(false);
  const sought = useDeferredValue(search);
  const asked = new URLSearchParams({ search: sought, due: part, sort: sort.by, descending: String(sort.descending), page: String(page), per_page: String(PER_PAGE) });
  if (arm) asked.set("arm", arm);
  const { data, error, mutate } = useSWR(`/patients?${asked.toString()}`, (path: string) => get<PatientList>(path), { keepPreviousData: true });

  useEffect(() => setPage(1), [sought, part, arm, sort]);

  if (error && !data) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  const pages = Math.max(1, Math.ceil(data.total / PER_PAGE));
  return (
    <>
      <div className="row spread">
        <h1>{t("nav.patients")}</h1>
        <span className="soft">{t("patients.asOf", { on: date(data.on) })}</span>
      </div>
      <section className="panel" aria-label={t("patients.filter")}>
        <div className="row" role="search">
          <input type="search" className="grow" value={search} placeholder={t("patients.search")} aria-label={t("patients.search")} onChange={(event) => setSearch(event.target.value)} maxLength={200} />
          <label className="inline">
            {t("patients.arm")}
            <select value={arm} onChange={(event) => setArm(event.target.value)}>
              <option value="">{t("patients.anyArm")}</option>
              {data.arms.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
          {may ? (
            <button type="button" className="primary" onClick={() => setAdding(true)} aria-expanded={adding}>
              {t("patients.new")}
            </button>
          ) : null}
          {may ? (
            <button type="button" onClick={() => setBringing(!bringing)} aria-expanded={bringing}>
              {t("workbook.open")}
            </button>
          ) : null}
        </div>
        <div className="row chips" role="group" aria-label={t("patients.parts")}>
          {PARTS.map((each) => (
            <button key={each} type="button" aria-pressed={part === each} onClick={() => setPart(each)}>
              {t(`patients.part.${each}` as Key)} <strong>{data.counts[each]}</strong>
            </button>
          ))}
        </div>
      </section>
      {adding ? <NewPatient onClose={() => setAdding(false)} /> : null}
      {bringing ? <Workbook onClose={() => setBringing(false)} onKept={() => void mutate()} /> : null}
      {error ? <Trouble error={error} onRetry={() => void mutate()} /> : null}
      <section className="panel">
        <p className="unseen" role="status">
          {t("patients.found", { count: data.total })}
        </p>
        {data.remarks.map((remark) => (
          <p key={remark} className="soft">
            {remark}
          </p>
        ))}
        {data.patients.length ? <PatientTable rows={data.patients} sort={sort} onSort={setSort} /> : <p className="soft">{t(data.counts.all ? "patients.none" : "patients.empty")}</p>}
        <nav className="row spread pager" aria-label={t("patients.pages")}>
          <span className="soft">{t("patients.found", { count: data.total })}</span>
          <span className="row">
            <button type="button" disabled={page <= 1} onClick={() => setPage(page - 1)}>
              {t("patients.back")}
            </button>
            <span>{t("patients.page", { page: data.page, pages })}</span>
            <button type="button" disabled={page >= pages} onClick={() => setPage(page + 1)}>
              {t("patients.forth")}
            </button>
          </span>
        </nav>
      </section>
    </>
  );
}
