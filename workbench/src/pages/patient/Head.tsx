/** Who the patient is, at the top of the page. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../language";
import type { PatientPage } from "../../types/clinic";
import { type Kinds, fieldOf, valueText } from "./useKinds";

export function Head({ page, kinds }: { page: PatientPage; kinds: Kinds }): ReactNode {
  const { t, date, language } = useWords();
  const { identity } = page;
  const age = identity.age_years;
  const years = age ? (age[0] === age[1] ? String(age[0]) : `${age[0]}–${age[1]}`) : "–";
  const facts: [string, string][] = [
    [fieldOf(kinds, "patient", "sex")?.label[language] ?? "", valueText(fieldOf(kinds, "patient", "sex"), identity.sex, language)],
    [t("patient.age"), page.died_on ? t("patient.ageAtDeath", { years }) : t("patient.years", { years })],
    [fieldOf(kinds, "patient", "born")?.label[language] ?? "", date(identity.born)],
    [t("patients.arm"), identity.arm || "–"],
    [t("patient.started"), date(page.treatment_started)],
  ];
  if (page.died_on) facts.push([t("patients.died"), date(page.died_on)]);
  return (
    <header className="patient-head">
      <p className="soft">
        <Link href="/patients">← {t("nav.patients")}</Link>
      </p>
      <div className="row">
        <h1>
          {identity.patient_id} {identity.person ? <span className="person">{identity.person}</span> : null}
        </h1>
        {identity.synthetic ? <span className="tag">{t("cases.synthetic")}</span> : null}
      </div>
      <dl className="patient-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}
