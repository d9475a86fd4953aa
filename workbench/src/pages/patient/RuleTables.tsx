/** The rules of screening and prescription as they stand, with the facts that each asks for and its source. */

import type { ReactNode } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { type Key, useWords } from "../../language";
import { Said } from "../../parts/Said";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import type { PrescriptionRules, RuleText, ScreeningRules } from "../../types/clinic";
import { commonStart, factName } from "./Facts";
import type { Kinds } from "./useKinds";

interface RuleRow extends RuleText {
  under: ReactNode;
  answer: ReactNode;
}

export function ScreeningTable({ kinds }: { kinds: Kinds }): ReactNode {
  const { t } = useWords();
  const { data, error } = useSWR("/rules/screening", (path: string) => get<ScreeningRules>(path), { revalidateIfStale: false });
  if (error) return <Trouble error={error} />;
  if (!data) return <Waiting />;
  const rows = data.criteria.map((each) => ({ ...each, under: t(`rules.${each.kind}` as Key), answer: each.arms.join(", ") || t("rules.everyArm") }));
  return <RuleTable rows={rows} kinds={kinds} last={t("patients.arm")} name={t("rules.criteria")} />;
}

export function PrescriptionTable({ kinds }: { kinds: Kinds }): ReactNode {
  const { t } = useWords();
  const { data, error } = useSWR("/rules/prescription", (path: string) => get<PrescriptionRules>(path), { revalidateIfStale: false });
  if (error) return <Trouble error={error} />;
  if (!data) return <Waiting />;
  const doses = data.doses.map((each) => ({ ...each, under: "", answer: `${each.dose_gy} Gy` }));
  const activities = data.activities.map((each) => ({ ...each, under: t(`plans.site.${each.site}` as Key), answer: `${each.default_mbq} MBq` }));
  return <RuleTable rows={[...doses, ...activities]} kinds={kinds} last={t("rules.gives")} name={t("rules.doses")} />;
}

function RuleTable({ rows, kinds, last, name }: { rows: readonly RuleRow[]; kinds: Kinds; last: string; name: string }): ReactNode {
  const { t, language } = useWords();
  const shared = commonStart(rows.map((each) => each.source));
  return (
    <>
      <p className="soft small" lang="en">
        {shared}
      </p>
      <div className="across">
        <table aria-label={name}>
          <thead>
            <tr>
              <th scope="col" className="nowrap">
                {t("rules.rule")}
              </th>
              <th scope="col">{t("rules.criterion")}</th>
              <th scope="col">{t("rules.asks")}</th>
              <th scope="col" className="nowrap">
                {last}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((each) => (
              <tr key={each.rule_id}>
                <th scope="row">
                  {each.rule_id}
                  <div className="soft small nowrap">{each.under}</div>
                </th>
                <td>
                  <Said text={each.text} />
                  <div className="soft small" lang="en">
                    {each.source.slice(shared.length)}
                  </div>
                  {each.notes.map((note) => (
                    <div key={note} className="soft small">
                      <Said text={note} />
                    </div>
                  ))}
                </td>
                <td>{each.facts.map((fact) => factName(fact, kinds, language)).join(", ") || "–"}</td>
                <td className="nowrap">{each.answer}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
