/** A published study, typed in, against its own arithmetic. */

import { type ReactNode, useState } from "react";
import { get, send } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { AuditReport, Finding, Place, Verdict } from "../../types/cohort";
import { byClass } from "./verdicts";

export function Audit(): ReactNode {
  const { t } = useWords();
  const [report, setReport] = useState<AuditReport | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function check(text: () => Promise<string>): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      setReport(await send<AuditReport>("POST", "/audit", { text: await text() }));
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="panel">
      <h2>{t("audit.title")}</h2>
      <p className="soft">{t("audit.text")}</p>
      <div className="row">
        <label>
          {t("audit.file")}{" "}
          <input
            type="file"
            accept=".toml"
            disabled={busy}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void check(() => file.text());
              event.target.value = "";
            }}
          />
        </label>
        <button type="button" disabled={busy} onClick={() => void check(async () => (await get<{ text: string }>("/audit/example")).text)}>
          {t("audit.example")}
        </button>
      </div>
      <p role="status">{busy ? `${t("audit.busy")}…` : ""}</p>
      {problem ? <Trouble error={problem} /> : null}
      {report ? <Report report={report} /> : null}
    </section>
  );
}

function Report({ report }: { report: AuditReport }): ReactNode {
  const { t } = useWords();
  const { counts } = report;
  return (
    <>
      <h3>{report.paper.source}</h3>
      <p>
        <strong>{t("audit.findings", { count: counts.findings })}</strong>:{" "}
        {(["certain", "likely", "possible"] as const).map((each) => `${counts.by_certainty[each] ?? 0} ${t(`audit.${each}`)}`).join(", ")};{" "}
        {t("audit.fine", { count: counts.fine })}; {t("audit.noPower", { count: counts.no_power })}
      </p>
      {byClass(report.findings).map(([name, some]) => (
        <details key={name} open>
          <summary>
            <code>{name}</code> ({some.length})
          </summary>
          <Findings findings={some} />
        </details>
      ))}
      <Others title={t("audit.noPower", { count: counts.no_power })} verdicts={report.no_power} />
      <Others title={t("audit.fine", { count: counts.fine })} verdicts={report.fine} />
    </>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }): ReactNode {
  const { t } = useWords();
  return (
    <div className="wide">
      <table className="cohort">
        <thead>
          <tr>
            <th scope="col">{t("audit.sure")}</th>
            <th scope="col">{t("audit.where")}</th>
            <th scope="col">{t("audit.what")}</th>
            <th scope="col">{t("audit.arithmetic")}</th>
            <th scope="col">{t("audit.settle")}</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((each, at) => (
            <tr key={at}>
              <td className={each.certainty === "certain" ? "bad" : each.certainty === "likely" ? "warn" : "soft"}>{t(`audit.${each.certainty}`)}</td>
              <td>{place(each.where)}</td>
              <td className="text">{each.text}</td>
              <td className="text">{each.arithmetic}</td>
              <td className="text">{each.settle}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Others({ title, verdicts }: { title: string; verdicts: readonly Verdict[] }): ReactNode {
  return (
    <details>
      <summary>{title}</summary>
      <ul className="notes">
        {verdicts.map((each, at) => (
          <li key={at}>
            <code>{each.class}</code>, {place(each.where)}: {each.text}
          </li>
        ))}
      </ul>
    </details>
  );
}

function place(where: Place): string {
  return [where.place, where.row, where.column && `group ${where.column}`].filter(Boolean).join(", ");
}
