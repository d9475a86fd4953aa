/** Every change of the records of a kind: when, by whom, why, from what to what. */

import type { ReactNode } from "react";
import { type Key, useWords } from "../../language";
import { Scrolled } from "../../parts/Scrolled";
import type { KindShape, PastChange } from "../../types/clinic";
import { valueText } from "./useKinds";

export function History({ shape, changes }: { shape: KindShape; changes: readonly PastChange[] }): ReactNode {
  const { t, language, date } = useWords();
  const fields = new Map(shape.fields.map((field) => [field.name, field]));
  if (!changes.length) return null;
  return (
    <details className="panel">
      <summary>{t("records.history", { count: changes.length })}</summary>
      <Scrolled name={t("records.history", { count: changes.length })}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("records.when")}</th>
              <th scope="col">{t("records.who")}</th>
              <th scope="col">{t("records.record")}</th>
              <th scope="col">{t("records.action")}</th>
              <th scope="col">{t("records.what")}</th>
              <th scope="col">{t("records.why")}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map((each) => (
              <tr key={`${each.number} ${JSON.stringify(each.key)}`}>
                <td>
                  {date(each.at)} {each.at.slice(11, 16)} UTC
                </td>
                <td>{each.who}</td>
                <td>{each.key.slice(1).join(", ")}</td>
                <td>{t(`records.action.${each.action}` as Key)}</td>
                <td>
                  {Object.entries(each.differences)
                    .filter(([name]) => fields.has(name) && !(each.action === "added" && fields.get(name)?.is_key))
                    .map(([name, [old, now]]) => {
                      const field = fields.get(name);
                      const before = each.action === "changed" ? `${valueText(field, old, language)} → ` : "";
                      return (
                        <div key={name}>
                          {field?.label[language]}: {before}
                          {valueText(field, each.action === "voided" ? old : now, language)}
                        </div>
                      );
                    })}
                </td>
                <td>{each.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </details>
  );
}
