/** The imports of images so far, each with what was noted of it; read when somebody opens the list. */

import { type ReactNode, useState } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { useWords } from "../../language";
import { JobError } from "../../parts/JobBar";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { Job } from "../../types/cases";
import { ImportReport, importResult, isNoted } from "./ImportReport";

export function Imports(): ReactNode {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <details className="panel" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("imports.earlier")}</summary>
      {open ? <Listed /> : null}
    </details>
  );
}

function Listed(): ReactNode {
  const { t, date } = useWords();
  const { data, error, mutate } = useSWR("/jobs?kind=import", (path: string) => get<{ jobs: Job[] }>(path));
  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  const ended = data.jobs.filter((each) => each.ended);
  if (!ended.length) return <p className="soft">{t("imports.none")}</p>;
  return ended.map((each) => {
    const found = importResult(each);
    return (
      <section key={each.id} className="one-import">
        <h2>
          {date(each.ended)} {each.ended?.slice(11, 16)} UTC · {each.by} · {found ? t(isNoted(found) ? "imports.withNotes" : "imports.clean") : t(`jobs.state.${each.state}`)}
        </h2>
        {found ? (
          <ImportReport found={found} />
        ) : each.error ? (
          <div className="trouble">
            <JobError job={each} />
          </div>
        ) : null}
      </section>
    );
  });
}
