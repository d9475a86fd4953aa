/** What the check of a workbook found: every fault with its cell, or what would be added and changed; and the decision. */

import { type ReactNode, useState } from "react";
import { type Key, useWords } from "../../language";
import { Said } from "../../parts/Said";
import { Scrolled } from "../../parts/Scrolled";
import type { CheckedWorkbook, WorkbookChange } from "../../types/workbooks";
import { fieldOf, useKinds, valueText } from "../patient/useKinds";
import { Counts } from "./WorkbookCounts";
import "./workbook.css";

export interface Decision {
  number: number;
  shown: string;
  keep_asked: boolean;
  why: string;
}

interface Props {
  found: CheckedWorkbook;
  /** The address of the workbook. */
  at: string;
  busy: boolean;
  onCheck: (options: CheckedWorkbook["options"]) => void;
  onKeep: (decision: Decision) => void;
  onLeave: () => void;
}

export function WorkbookFound({ found, at, busy, onCheck, onKeep, onLeave }: Props): ReactNode {
  const { t } = useWords();
  const [options, setOptions] = useState(found.options);
  const [isTrue, setIsTrue] = useState(false);
  const [why, setWhy] = useState("");
  const { planned, number } = found;
  const mayKeep = planned !== null && number !== null && (found.asked === 0 || isTrue);
  const option = (name: keyof CheckedWorkbook["options"]): ReactNode => (
    <label className="inline">
      <input type="checkbox" checked={options[name]} disabled={busy} onChange={(event) => setOptions({ ...options, [name]: event.target.checked })} />
      {t(`workbook.option.${name}`)}
    </label>
  );
  return (
    <div className="workbook-found">
      <h3>{t("workbook.found", { name: found.called })}</h3>
      <p role="status" className={found.wrong ? "bad" : found.asked ? "warn" : "good"}>
        {found.wrong ? `✗ ${t("workbook.wrong", { count: found.wrong })}` : found.asked ? `? ${t("workbook.asked", { count: found.asked })}` : `✓ ${t("workbook.right")}`}
      </p>
      <Read read={found.read} />
      <Faults found={found} at={at} />
      {planned ? <h3>{t("workbook.would")}</h3> : null}
      <Counts counts={planned} remarks={found.remarks} />
      <Changes found={found} />
      <div className="row">
        {option("new_identity")}
        {option("restore")}
        <button type="button" disabled={busy} onClick={() => onCheck(options)}>
          {t("workbook.again")}
        </button>
      </div>
      {planned && number !== null ? (
        <form
          className="row below"
          onSubmit={(event) => {
            event.preventDefault();
            onKeep({ number, shown: found.shown, keep_asked: isTrue, why: why.trim() });
          }}
        >
          {found.asked ? (
            <label className="inline">
              <input type="checkbox" checked={isTrue} onChange={(event) => setIsTrue(event.target.checked)} />
              {t("workbook.isTrue")}
            </label>
          ) : null}
          <label className="grow">
            {t("workbook.why")}
            <input value={why} maxLength={500} placeholder={t("workbook.whyNone")} onChange={(event) => setWhy(event.target.value)} />
          </label>
          <button className="primary" disabled={busy || !mayKeep || options.new_identity !== found.options.new_identity || options.restore !== found.options.restore}>
            {t("workbook.keep")}
          </button>
        </form>
      ) : null}
      <div className="row below">
        <button type="button" disabled={busy} onClick={onLeave}>
          {t("workbook.leave")}
        </button>
      </div>
    </div>
  );
}

function Read({ read }: { read: Record<string, number> }): ReactNode {
  const { t, language } = useWords();
  const kinds = useKinds();
  const parts = Object.entries(read).map(([kind, count]) => `${kinds?.get(kind)?.title[language] ?? kind} ${count}`);
  return <p className="soft">{t("workbook.read", { what: parts.join(" · ") || t("app.none") })}</p>;
}

function Faults({ found, at }: { found: CheckedWorkbook; at: string }): ReactNode {
  const { t } = useWords();
  const kinds = useKinds();
  const all = found.wrong + found.asked;
  /** The kind of records of a sheet, which is called as the kind is. */
  const kindOf = (address: string): string | undefined => {
    const sheet = address.split("!")[0];
    return [...(kinds?.values() ?? [])].find((each) => each.title.en === sheet || each.title.zh === sheet)?.kind;
  };
  if (!all) return null;
  return (
    <>
      <Scrolled name={t("workbook.faults")}>
        <table className="workbook-faults">
          <thead>
            <tr>
              <th scope="col">{t("workbook.where")}</th>
              <th scope="col">{t("workbook.severity")}</th>
              <th scope="col">{t("workbook.what")}</th>
            </tr>
          </thead>
          <tbody>
            {found.faults.map((each) => (
              <tr key={`${each.address} ${each.sentence}`}>
                <th scope="row">{each.address}</th>
                <td className={each.severity === "wrong" ? "bad" : "warn"}>
                  {each.severity === "wrong" ? "✗" : "?"} {t(`workbook.severity.${each.severity}`)}
                </td>
                <td className="text">
                  <Said text={each.sentence} kind={kindOf(each.address)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      <p className="soft">
        {found.faults.length < all ? `${t("workbook.first", { shown: found.faults.length, all })} ` : null}
        <a href={`/api/v1${at}/faults`} download>
          {t("workbook.csv")}
        </a>
      </p>
    </>
  );
}

function Changes({ found }: { found: CheckedWorkbook }): ReactNode {
  const { t } = useWords();
  const { planned, changes } = found;
  if (!planned || !changes.length) return null;
  const all = planned.added + planned.changed + planned.restored;
  return (
    <details>
      <summary>{t("workbook.changes", { count: all })}</summary>
      {changes.length < all ? <p className="soft">{t("workbook.first", { shown: changes.length, all })}</p> : null}
      <Scrolled name={t("workbook.changes", { count: all })}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("records.action")}</th>
              <th scope="col">{t("patients.patient_id")}</th>
              <th scope="col">{t("records.record")}</th>
              <th scope="col">{t("records.what")}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((each) => (
              <Row key={`${each.kind} ${each.patient_id} ${JSON.stringify(each.key)}`} change={each} />
            ))}
          </tbody>
        </table>
      </Scrolled>
    </details>
  );
}

function Row({ change }: { change: WorkbookChange }): ReactNode {
  const { t, language } = useWords();
  const kinds = useKinds();
  const title = kinds?.get(change.kind)?.title[language] ?? change.kind;
  return (
    <tr>
      <td>{t(`records.action.${change.action}` as Key)}</td>
      <th scope="row">{change.patient_id}</th>
      <td>{[title, ...change.key.filter((each) => each !== "")].join(" ")}</td>
      <td className="text">
        {Object.entries(change.differences).map(([name, [old, now]]) => {
          const field = fieldOf(kinds, change.kind, name);
          return (
            <div key={name}>
              {field?.label[language] ?? name}: {valueText(field, old, language)} → {valueText(field, now, language)}
            </div>
          );
        })}
      </td>
    </tr>
  );
}
