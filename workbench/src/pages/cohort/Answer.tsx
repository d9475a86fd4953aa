/** The answer: who was analysed, tables, figures, methods and notes, files. */

import { type KeyboardEvent, type ReactNode, useState } from "react";
import { type Key, useWords } from "../../language";
import type { Analysis, CohortTable } from "../../types/cohort";
import { Figures } from "./Figures";
import { fileAddress, sizeText } from "./question";
import { TableView } from "./TableView";

const TABS = ["tables", "figures", "methods", "files"] as const;
type Tab = (typeof TABS)[number];
const MAIN: [string, Key][] = [
  ["tables.docx", "cohort.word"],
  ["tables.xlsx", "cohort.excel"],
];

export function Answer({ analysis }: { analysis: Analysis }): ReactNode {
  const { t, date } = useWords();
  const [tab, setTab] = useState<Tab>("tables");

  function step(event: KeyboardEvent): void {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!by) return;
    const next = TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length]!;
    setTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }

  return (
    <article className="answer">
      <header className="row spread">
        <div>
          <h2>
            {t("cohort.patients", { count: analysis.patients })}{" "}
            <span className="soft">{t("cohort.asOf", { date: date(analysis.question.on) })}</span>
          </h2>
          <p className="row chips">
            {analysis.groups.map(([name, count]) => (
              <span key={name} className="chip">
                {name} <strong>{count}</strong>
              </span>
            ))}
          </p>
        </div>
        <p className="row">
          {MAIN.map(([file, word]) => (
            <a key={file} className="button" href={fileAddress(analysis.id, file)} download>
              {t(word)}
            </a>
          ))}
          <a className="button" href={`/api/v1/cohort/analyses/${analysis.id}/archive`} download>
            {t("cohort.zip")}
          </a>
        </p>
      </header>
      {analysis.question.coded ? <p className="soft small">{t("cohort.coded")}</p> : null}
      {analysis.current ? null : <p className="warn small">△ {t("cohort.old")}</p>}
      <div role="tablist" className="tabs" aria-label={t("cohort.title")} onKeyDown={step}>
        {TABS.map((each) => (
          <button
            key={each}
            id={`tab-${each}`}
            type="button"
            role="tab"
            aria-selected={tab === each}
            aria-controls="answer-panel"
            tabIndex={tab === each ? 0 : -1}
            onClick={() => setTab(each)}
          >
            {t(`cohort.tab.${each}`)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="answer-panel" aria-labelledby={`tab-${tab}`} className="answer-panel">
        {tab === "tables" ? <Tables analysis={analysis} /> : null}
        {tab === "figures" ? <Figures analysis={analysis} /> : null}
        {tab === "methods" ? <Methods analysis={analysis} /> : null}
        {tab === "files" ? <Files analysis={analysis} /> : null}
      </div>
    </article>
  );
}

function Tables({ analysis }: { analysis: Analysis }): ReactNode {
  const { t } = useWords();
  const { tables, better_than_the_paper: further } = analysis.shown;
  const every = [...tables, ...further];
  const [chosen, choose] = useState(every[0]?.id ?? "");
  const table = every.find((each) => each.id === chosen) ?? every[0];
  const list = (title: string, some: CohortTable[]): ReactNode => (
    <>
      <h3>{title}</h3>
      <ul className="list">
        {some.map((each) => (
          <li key={each.id}>
            <button type="button" aria-pressed={each.id === table?.id} onClick={() => choose(each.id)}>
              {each.title}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <div className="sided">
      <nav aria-label={t("cohort.tab.tables")}>
        {list(t("cohort.paper"), tables)}
        {list(t("cohort.further"), further)}
      </nav>
      <div className="shown">{table ? <TableView key={table.id} table={table} /> : null}</div>
    </div>
  );
}

function Methods({ analysis }: { analysis: Analysis }): ReactNode {
  const { t } = useWords();
  const { methods, notes, facts, excluded } = analysis.shown;
  return (
    <div className="prose">
      <table>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
          {excluded.map((each) => (
            <tr key={each.reason}>
              <th scope="row">{t("cohort.leftOut")}</th>
              <td>
                {each.n}: {each.reason}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{t("cohort.tab.methods")}</h3>
      {methods.map((each, at) => (
        <p key={at}>{each}</p>
      ))}
      {notes.length ? <h3>{t("cohort.notes")}</h3> : null}
      <ul>
        {notes.map((each, at) => (
          <li key={at}>{each}</li>
        ))}
      </ul>
    </div>
  );
}

function Files({ analysis }: { analysis: Analysis }): ReactNode {
  const { t } = useWords();
  return (
    <div className="prose">
      <p className="soft">{analysis.question.coded ? t("cohort.files.coded") : t("cohort.files.text")}</p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("cohort.file")}</th>
            <th scope="col">{t("cohort.size")}</th>
          </tr>
        </thead>
        <tbody>
          {analysis.files.map((each) => (
            <tr key={each.name}>
              <th scope="row">
                <a href={fileAddress(analysis.id, each.name)} download>
                  {each.name}
                </a>
              </th>
              <td className="number">{sizeText(each.size_bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
