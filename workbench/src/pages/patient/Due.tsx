/** The visits of a patient: which were seen, which are due, what was left out. */

import type { ReactNode } from "react";
import { type Key, useWords } from "../../language";
import { Said } from "../../parts/Said";
import { Scrolled } from "../../parts/Scrolled";
import type { PatientPage } from "../../types/clinic";
import { dueStatus } from "./timelineLayout";

export function Due({ page }: { page: PatientPage }): ReactNode {
  const { t, date, say } = useWords();
  if (!page.due) return <p className="soft"><Said text={page.why_not_due} /></p>;
  const visits = [...page.due.visits].reverse();
  return (
    <>
      {page.due.note ? <p className="warn"><Said text={page.due.note} /></p> : null}
      <Scrolled name={t("patient.due")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("due.visit")}</th>
              <th scope="col">{t("due.dueOn")}</th>
              <th scope="col">{t("due.status")}</th>
              <th scope="col">{t("due.seenOn")}</th>
              <th scope="col">{t("due.lacking")}</th>
            </tr>
          </thead>
          <tbody>
            {visits.map((each) => ({ ...each, status: dueStatus(each, page.on) })).map((each) => (
              <tr key={each.month}>
                <th scope="row">{t("patients.month", { month: each.month })}</th>
                <td className="nowrap">
                  {date(each.due_on)} <span className="soft">±{each.window_days}</span>
                </td>
                <td className={`nowrap ${tone(each.status)}`}>{t(`due.${each.status}` as Key)}</td>
                <td className="nowrap">
                  {date(each.seen_on)}
                  {each.seen_on && each.days_off ? <span className="soft"> ({each.days_off > 0 ? "+" : ""}{each.days_off})</span> : null}
                </td>
                <td className="small" title={each.missing_items.map((item) => say(item.text)).join("\n")}>
                  {each.missing_items.length ? (
                    <details>
                      <summary>{t("due.items", { count: each.missing_items.length })}</summary>
                      <ul className="notes">
                        {each.missing_items.map((item) => (
                          <li key={item.rule_id}>
                            <Said text={item.text} />
                          </li>
                        ))}
                      </ul>
                    </details>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      {page.due.extra_visits.length ? <p className="soft">{t("due.extra", { days: page.due.extra_visits.map(date).join(", ") })}</p> : null}
    </>
  );
}

function tone(status: string): string {
  if (status === "missing") return "bad";
  if (status === "seen") return "good";
  return status === "due" || status === "late" || status === "early" || status === "seen, day not known" ? "warn" : "soft";
}
