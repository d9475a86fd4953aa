/** What came of an import, and what was noted of it: what is incomplete, was passed over, or deserves a look. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../language";
import { Said } from "../../parts/Said";
import type { ImportResult, Job } from "../../types/cases";
import { idPath } from "../patients/address";
import "./imports.css";

/** The result of an import; null where the job has none. */
export function importResult(job: Job): ImportResult | null {
  return job.state === "done" && job.result && "imported" in job.result ? (job.result as unknown as ImportResult) : null;
}

/** Whether somebody should read what is noted of it. */
export function isNoted(found: ImportResult): boolean {
  return found.notes.length > 0 || found.refused.length > 0;
}

export function ImportReport({ found }: { found: ImportResult }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <ul className="came">
        {found.imported.map((each) => (
          <li key={each.patient_id}>
            <Link href={`/patients/${idPath(each.patient_id)}`}>{each.patient_id || t("app.unknown")}</Link>
            <span className="soft">{t("imports.counts", { fresh: each.new, there: each.already_there })}</span>
          </li>
        ))}
      </ul>
      {isNoted(found) ? (
        <ul className="noted" aria-label={t("imports.notes")}>
          {found.refused.map((each) => (
            <li key={each.name} className="bad">
              {t("imports.refused", { name: each.name })} <Said text={each.reason} />
            </li>
          ))}
          {found.notes.map((note) => (
            <li key={note}>
              <Said text={note} />
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
