/** Screening and prescription by rule: what holds, what does not, what is not known; kept when one says so. */

import { type ReactNode, useState } from "react";
import { send } from "../../api";
import { type Key, useWords } from "../../language";
import { Said } from "../../parts/Said";
import { Trouble } from "../../parts/Trouble";
import { useMay } from "../../session";
import type { PatientPage, Prescribed, Screened } from "../../types/clinic";
import { idPath } from "../patients/address";
import { commonStart, factName, Facts } from "./Facts";
import { PrescriptionTable, ScreeningTable } from "./RuleTables";
import { type Kinds, fieldOf, valueText } from "./useKinds";

interface Props {
  page: PatientPage;
  kinds: Kinds;
  onChanged: () => void;
  onFacts: () => void;
}

export function Decisions({ page, kinds, onChanged, onFacts }: Props): ReactNode {
  const may = useMay("clinician", "physicist");
  return (
    <div className="stack top-less">
      {may ? (
        <>
          <ScreeningPart page={page} kinds={kinds} onChanged={onChanged} onFacts={onFacts} />
          <PrescriptionPart page={page} kinds={kinds} onChanged={onChanged} onFacts={onFacts} />
        </>
      ) : null}
      <Kept page={page} kinds={kinds} />
    </div>
  );
}

function useAsked<T>(page: PatientPage, what: "screen" | "prescribe", onChanged: () => void): { found: T | null; problem: unknown; ask: (body: object) => Promise<void> } {
  const [found, setFound] = useState<T | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  async function ask(body: object): Promise<void> {
    setProblem(null);
    try {
      const answer = await send<T & { recorded: boolean }>("POST", `/patients/${idPath(page.identity.patient_id)}/${what}`, body);
      setFound(answer);
      if (answer.recorded) onChanged();
    } catch (refused) {
      setFound(null);
      setProblem(refused);
    }
  }
  return { found, problem, ask };
}

function ScreeningPart({ page, kinds, onChanged, onFacts }: Props): ReactNode {
  const { t, language } = useWords();
  const { found, problem, ask } = useAsked<Screened>(page, "screen", onChanged);
  const shared = found ? commonStart(found.criteria.map((each) => each.source)) : "";
  return (
    <section className="panel">
      <div className="row spread">
        <h2>{t("rules.screening")}</h2>
        <span className="row">
          <button type="button" onClick={onFacts}>
            {t("rules.facts")}
          </button>
          <button type="button" className="primary" onClick={() => void ask({})}>
            {t("rules.screen")}
          </button>
        </span>
      </div>
      {problem ? <Trouble error={problem} kind="screening" /> : null}
      {found ? null : <ScreeningTable kinds={kinds} />}
      {found ? (
        <>
          <p className="row" role="status">
            <strong className={found.decision === "eligible" ? "good" : found.decision === "undecided" ? "warn" : "bad"}>{t(`rules.${found.decision}` as Key)}</strong>
            {found.against.length ? <span>{t("rules.against", { ids: found.against.join(", ") })}</span> : null}
            {found.missing_facts.length ? <span className="soft">{t("rules.missing", { facts: found.missing_facts.map((name) => factName(name, kinds, language)).join(", ") })}</span> : null}
            <KeepButton recorded={found.recorded} onKeep={() => void ask({ keep: true })} />
          </p>
          <p className="soft small">{shared}</p>
          <div className="across">
            <table>
              <thead>
                <tr>
                  <th scope="col" className="nowrap">{t("rules.rule")}</th>
                  <th scope="col">{t("rules.criterion")}</th>
                  <th scope="col">{t("rules.answer")}</th>
                  <th scope="col">{t("rules.used")}</th>
                </tr>
              </thead>
              <tbody>
                {found.criteria.map((each) => (
                  <tr key={each.rule_id}>
                    <th scope="row">
                      {each.rule_id}
                      <div className="soft small nowrap">{t(`rules.${each.kind}` as Key)}</div>
                    </th>
                    <td>
                      <Said text={each.text} />
                      <div className="soft small">{each.source.slice(shared.length)}</div>
                      {each.notes.map((note) => (
                        <div key={note} className="soft small">
                          <Said text={note} />
                        </div>
                      ))}
                    </td>
                    <td className={`nowrap ${statusTone(each, found.against)}`}>{t(`rules.status.${each.status}` as Key)}{found.against.includes(each.rule_id) ? ` ✕ ${t("rules.isAgainst")}` : ""}</td>
                    <td>
                      <Facts facts={each.facts} kinds={kinds} />
                      {each.missing.length ? <div className="warn">{t("rules.missing", { facts: each.missing.map((name) => factName(name, kinds, language)).join(", ") })}</div> : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      ) : null}
    </section>
  );
}

function statusTone(each: Screened["criteria"][number], against: readonly string[]): string {
  if (each.status === "unknown") return "warn";
  return against.includes(each.rule_id) ? "bad" : "good";
}

const SITES = ["", "surface", "bone", "other"] as const;

function PrescriptionPart({ page, kinds, onChanged, onFacts }: Props): ReactNode {
  const { t, number, say } = useWords();
  const { found, problem, ask } = useAsked<Prescribed>(page, "prescribe", onChanged);
  const [site, setSite] = useState<(typeof SITES)[number]>("");
  const body = site ? { site } : {};
  return (
    <section className="panel">
      <div className="row spread">
        <h2>{t("rules.prescription")}</h2>
        <span className="row">
          <label className="inline">
            {t("plans.site")}
            <select value={site} onChange={(event) => setSite(event.target.value as (typeof SITES)[number])}>
              {SITES.map((each) => (
                <option key={each} value={each}>
                  {each ? t(`plans.site.${each}` as Key) : t("form.notStated")}
                </option>
              ))}
            </select>
          </label>
          <button type="button" onClick={onFacts}>
            {t("rules.facts")}
          </button>
          <button type="button" className="primary" onClick={() => void ask(body)}>
            {t("rules.prescribe")}
          </button>
        </span>
      </div>
      {problem ? <Trouble error={problem} kind="screening" /> : null}
      {found ? null : <PrescriptionTable kinds={kinds} />}
      {found ? (
        <>
          <p className="row" role="status">
            <strong className="dose">{found.dose_gy} Gy</strong>
            <span>
              {found.rule_id}: <Said text={found.text} />
            </span>
            <KeepButton recorded={found.recorded} onKeep={() => void ask({ ...body, keep: true })} />
          </p>
          <p className="soft small">
            {[found.source, found.note && say(found.note), ...found.readings.map((each) => say(each))].filter(Boolean).join(" · ")}
          </p>
          <Facts facts={found.facts} kinds={kinds} />
          {found.activity ? (
            <p>
              <strong>
                {number(found.activity.default_mbq)} MBq ({number(found.activity.default_mci, 2)} mCi, {number(found.activity.default_u, 3)} U)
              </strong>{" "}
              <span className="soft">
                {number(found.activity.low_mbq)}–{number(found.activity.high_mbq)} MBq · {found.activity.rule_id}: <Said text={found.activity.text} /> · {found.activity.source}
              </span>
            </p>
          ) : null}
        </>
      ) : null}
      <p className="warn small">{t("rules.confirm")}</p>
    </section>
  );
}

function KeepButton({ recorded, onKeep }: { recorded: boolean; onKeep: () => void }): ReactNode {
  const { t } = useWords();
  if (recorded) return <span className="good">✓ {t("rules.kept")}</span>;
  return (
    <button type="button" onClick={onKeep}>
      {t("rules.keep")}
    </button>
  );
}

function Kept({ page, kinds }: { page: PatientPage; kinds: Kinds }): ReactNode {
  const { t, date, language, say } = useWords();
  return (
    <section className="panel">
      <h2>{t("rules.decisions")}</h2>
      {page.decisions.length ? (
        <div className="across">
          <table>
            <thead>
              <tr>
                <th scope="col">{t("patient.date")}</th>
                {["subject", "decided", "by", "rules", "facts"].map((name) => (
                  <th key={name} scope="col">
                    {fieldOf(kinds, "decision", name)?.label[language]}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {page.decisions.map((each) => (
                <tr key={`${String(each["on"])} ${String(each["subject"])}`}>
                  <td className="nowrap">{date(String(each["on"]))}</td>
                  <td>{valueText(fieldOf(kinds, "decision", "subject"), each["subject"], language)}</td>
                  <td>{say(String(each["decided"] ?? ""), true)}</td>
                  <td>{each["by"]}</td>
                  <td className="small">{each["rules"]}</td>
                  <td className="small">{each["facts"]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="soft">{t("rules.noDecisions")}</p>
      )}
    </section>
  );
}
