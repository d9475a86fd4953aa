/** A table of the analysis with what stands under it, and its tests in full. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { CohortTable, Test } from "../../types/cohort";

export function TableView({ table }: { table: CohortTable }): ReactNode {
  const { t } = useWords();
  const tests = table.rows.flatMap((row) => row.tests.map((test) => ({ row, test })));
  return (
    <section aria-labelledby={`table-${table.id}`}>
      <h3 id={`table-${table.id}`}>{table.title}</h3>
      <div className="wide" tabIndex={0} role="region" aria-labelledby={`table-${table.id}`}>
        <table className="cohort">
          <thead>
            <tr>
              {table.columns.map((each, at) => (
                <th key={at} scope="col">
                  {each}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row) => (
              <tr key={row.id} className={row.level ? undefined : "head"}>
                <th scope="row" style={{ paddingLeft: 8 + 16 * row.level }}>
                  {row.label}
                </th>
                {row.cells.map((cell, at) => (
                  <td key={at}>{cell.strong ? <strong>{cell.text}</strong> : cell.text}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="notes">
        {table.footnotes.map((each, at) => (
          <li key={at}>{each}</li>
        ))}
        {table.methods ? <li>{t("cohort.testsUsed", { tests: table.methods })}</li> : null}
      </ul>
      {tests.length ? (
        <details>
          <summary>{t("cohort.tests", { count: tests.length })}</summary>
          <div className="wide">
            <table className="cohort">
              <thead>
                <tr>
                  <th scope="col">{t("cohort.test.row")}</th>
                  <th scope="col">{t("cohort.test.name")}</th>
                  <th scope="col">{t("cohort.test.statistic")}</th>
                  <th scope="col">{t("cohort.test.df")}</th>
                  <th scope="col">p</th>
                  <th scope="col">n</th>
                  <th scope="col">{t("cohort.test.missing")}</th>
                </tr>
              </thead>
              <tbody>
                {tests.map(({ row, test }, at) => (
                  <TestRow key={at} label={row.label} test={test} />
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ) : null}
    </section>
  );
}

function TestRow({ label, test }: { label: string; test: Test }): ReactNode {
  const { number } = useWords();
  const list = (value: number[] | number | undefined): string => (Array.isArray(value) ? value.join(", ") : (value ?? "–").toString());
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{test.test}</td>
      <td>{number(test.statistic, 3)}</td>
      <td>{list(test.df)}</td>
      <td>{test.p_value === null ? test.note : test.p_value.toPrecision(4)}</td>
      <td>{list(test.n)}</td>
      <td>{list(test.missing)}</td>
    </tr>
  );
}
