import { lazy, type ReactNode, Suspense } from "react";
import useSWR from "swr";
import { Link, useLocation, useSearch } from "wouter";
import { ApiError, get } from "../api";
import { type Key, useWords } from "../language";
import { Said } from "../parts/Said";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import type { CaseRow } from "../types/cases";
import type { PatientPage } from "../types/clinic";
import "./patients/clinic.css";
import { Decisions } from "./patient/Decisions";
import { Due } from "./patient/Due";
import { Head } from "./patient/Head";
import { Latest } from "./patient/Latest";
import { Records } from "./patient/Records";
import { Timeline } from "./patient/Timeline";
import { Trends } from "./patient/Trends";
import { type Kinds, useKinds } from "./patient/useKinds";
import { idPath, ofAddress } from "./patients/address";

const Pairs = lazy(() => import("./patient/pairs/Pairs"));
const PARTS = ["", "records", "rules", "pairs"] as const;

export default function Patient(): ReactNode {
  const { t } = useWords();
  useLocation(); // shown anew when the address changes
  const { id, part } = ofAddress(location.pathname);
  const kinds = useKinds();
  const { data, error, mutate } = useSWR(`/patients/${idPath(id)}`, (path: string) => get<PatientPage>(path));
  if (error && !data) return <Missing error={error} id={id} part={part} onRetry={() => void mutate()} />;
  if (!data || !kinds) return <Waiting />;
  const place = `/patients/${idPath(id)}`;
  return (
    <>
      <Head page={data} kinds={kinds} />
      <nav className="tabs" aria-label={t("patient.parts")}>
        {PARTS.map((each) => (
          <Link key={each} href={each ? `${place}/${each}` : place} aria-current={part === each ? "page" : undefined}>
            {t(`patient.part.${each || "overview"}` as Key)}
          </Link>
        ))}
      </nav>
      {error ? <Trouble error={error} onRetry={() => void mutate()} /> : null}
      <Part part={part} page={data} kinds={kinds} place={place} onChanged={() => void mutate()} />
    </>
  );
}

function Part({ part, page, kinds, place, onChanged }: { part: string; page: PatientPage; kinds: Kinds; place: string; onChanged: () => void }): ReactNode {
  const [, go] = useLocation();
  const search = new URLSearchParams(useSearch());
  if (part === "records") return <Records page={page} kinds={kinds} kind={search.get("kind") ?? "visit"} fresh={search.has("new")} onKind={(kind) => go(`${place}/records?kind=${encodeURIComponent(kind)}`)} onChanged={onChanged} />;
  if (part === "rules") return <Decisions page={page} kinds={kinds} onChanged={onChanged} onFacts={() => go(`${place}/records?kind=screening`)} />;
  if (part === "pairs") return <PairsOf patient={page.identity.patient_id} />;
  return <Overview page={page} kinds={kinds} />;
}

function PairsOf({ patient }: { patient: string }): ReactNode {
  return (
    <Suspense fallback={<Waiting />}>
      <Pairs patient={patient} />
    </Suspense>
  );
}

function Overview({ page, kinds }: { page: PatientPage; kinds: Kinds }): ReactNode {
  const { t } = useWords();
  return (
    <div className="overview">
      <section className="panel whole">
        <h2>{t("patient.timeline")}</h2>
        <Timeline entries={page.timeline} today={page.on} kinds={kinds} />
      </section>
      <section className="panel">
        <h2>{t("patient.latest")}</h2>
        <Latest page={page} />
        {page.problems.map((problem) => (
          <p key={problem} className="warn">
            <Said text={problem} />
          </p>
        ))}
        <h2>{t("nav.cases")}</h2>
        <CasesOf patient={page.identity.patient_id} />
      </section>
      <section className="panel">
        <h2>{t("patient.due")}</h2>
        <Due page={page} />
      </section>
      <section className="panel whole">
        <h2>{t("patient.trends")}</h2>
        <Trends trends={page.trends} />
      </section>
    </div>
  );
}

function CasesOf({ patient }: { patient: string }): ReactNode {
  const { t, date } = useWords();
  const { data, error } = useSWR(`/cases?patient=${encodeURIComponent(patient)}`, (path: string) => get<{ cases: CaseRow[] }>(path));
  if (error) return <Trouble error={error} />;
  if (!data) return <Waiting />;
  if (!data.cases.length) return <p className="soft">{t("patient.noCases")}</p>;
  return (
    <ul className="list">
      {data.cases.map((row) => (
        <li key={row.case}>
          <Link href={`/cases/${row.case}`}>
            {date(row.study_date)} {row.series_description || "CT"}
          </Link>
          <span className="soft">{t("patient.images", { count: row.images })}</span>
        </li>
      ))}
    </ul>
  );
}

/** Images may be there of somebody whom the register does not know yet. */
function Missing({ error, id, part, onRetry }: { error: unknown; id: string; part: string; onRetry: () => void }): ReactNode {
  const { t } = useWords();
  const unknown = error instanceof ApiError && error.status === 404;
  return (
    <section className="panel">
      <h1>{id}</h1>
      <Trouble error={error} {...(unknown ? {} : { onRetry })} />
      {unknown ? (
        <>
          <h2>{t("nav.cases")}</h2>
          <CasesOf patient={id} />
          {part === "pairs" ? <PairsOf patient={id} /> : <Link href={`/patients/${idPath(id)}/pairs`}>{t("pairs.title")}</Link>}
          <hr />
        </>
      ) : null}
      <Link href="/patients">← {t("nav.patients")}</Link>
    </section>
  );
}
