/** Analyses that are kept: the same question is answered at once. */

import type { ReactNode } from "react";
import { Link } from "wouter";
import { useWords } from "../../language";
import type { AnalysisRow, Askable } from "../../types/cohort";
import { useNamed } from "./named";

interface Props {
  rows: readonly AnalysisRow[];
  askable: Askable;
  shown: string | null;
}

export function Earlier({ rows, askable, shown }: Props): ReactNode {
  const { t, date } = useWords();
  const named = useNamed();
  const label = (name: string): string =>
    named.variable(name, [...askable.groups, ...askable.filters].find((each) => each.name === name)?.label ?? name);
  return (
    <ul className="list earlier">
      {rows.map((row) => (
        <li key={row.id}>
          <Link href={`/cohort/${row.id}`} aria-current={row.id === shown ? "page" : undefined}>
            {label(row.question.group)}, {date(row.question.on)}
            {row.question.filters.map((each) => `, ${label(each.variable)}`).join("")}
          </Link>
          <span className="soft small">
            n = {row.patients}
            {row.current ? "" : ` · △ ${t("cohort.earlierState")}`}
          </span>
        </li>
      ))}
    </ul>
  );
}
