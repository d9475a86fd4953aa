/** Patients in rows: sorted by their heads, walked through by the arrow keys. */

import type { KeyboardEvent, ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { type Key, useWords } from "../../language";
import type { PatientRow, Sort } from "../../types/clinic";
import { idPath } from "./address";

interface Sorting {
  by: Sort;
  descending: boolean;
}

interface Props {
  rows: readonly PatientRow[];
  sort: Sorting;
  onSort: (sort: Sorting) => void;
}

const COLUMNS: Sort[] = ["patient_id", "name", "arm", "last_visit", "next_due", "longest_open"];
const SHOWN = 2;

export function PatientTable({ rows, sort, onSort }: Props): ReactNode {
  const { t } = useWords();
  return (
    <div className="across">
      <table className="patients" onKeyDown={walk}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" aria-sort={sort.by === column ? (sort.descending ? "descending" : "ascending") : "none"}>
                <button type="button" className="sort" onClick={() => onSort({ by: column, descending: sort.by === column && !sort.descending })}>
                  {t(`patients.${column}` as Key)}
                  <span aria-hidden="true">{sort.by === column ? (sort.descending ? " ▼" : " ▲") : ""}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.patient_id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row }: { row: PatientRow }): ReactNode {
  const { t, date } = useWords();
  const [, go] = useLocation();
  const place = `/patients/${idPath(row.patient_id)}`;
  return (
    <tr onDoubleClick={() => go(place)}>
      <th scope="row">
        <Link href={place}>{row.patient_id}</Link> {row.synthetic ? <span className="tag">{t("patients.synthetic")}</span> : null}
        {row.died ? <span className="tag">{t("patients.died")}</span> : null}
      </th>
      <td>{row.name || "–"}</td>
      <td>{row.arm || "–"}</td>
      <td>{date(row.last_visit)}</td>
      <td>{row.started ? date(row.next_due) : t("patients.notStarted")}</td>
      <td>
        <Due row={row} />
      </td>
    </tr>
  );
}

function Due({ row }: { row: PatientRow }): ReactNode {
  const { t, say } = useWords();
  const shown = row.due.slice(-SHOWN);
  const more = row.due.length - shown.length;
  return (
    <span className="dues">
      {more > 0 ? <span className="soft">{t("patients.more", { count: more })}</span> : null}
      {shown.map((each) => (
        <span key={each.month} className={`state ${each.state === "missing" ? "bad" : "warn"}`} title={each.note ? say(each.note) : undefined}>
          {t("patients.month", { month: each.month })}: {t(`due.${each.state}` as Key)}
          {each.days_off == null ? "" : ` (${daysText(each.days_off, t)})`}
        </span>
      ))}
      {row.due.length === 0 && row.started && !row.died ? <span className="good">{t("patients.nothing")}</span> : null}
    </span>
  );
}

function daysText(days: number, t: ReturnType<typeof useWords>["t"]): string {
  return days < 0 ? t("due.inDays", { days: -days }) : t("due.sinceDays", { days });
}

/** Move the focus among the links of a table by the arrow keys, Home and End. */
function walk(event: KeyboardEvent<HTMLTableElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("tbody a")];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  if (at < 0) return;
  const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 };
  const next = links[to[event.key] ?? -1];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
