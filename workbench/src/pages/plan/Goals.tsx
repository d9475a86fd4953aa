import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { GoalRow } from "../../types/plans";

/** What is asked of the plan, and what it reaches: by a word and a mark, not by colour alone. */
export function Goals({ goals }: { goals: readonly GoalRow[] }): ReactNode {
  const { t, number } = useWords();
  return (
    <table className="goals">
      <caption className="unseen">{t("plan.goals")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("plan.goal")}</th>
          <th scope="col">{t("plan.asked")}</th>
          <th scope="col">{t("plan.reached")}</th>
          <th scope="col">{t("plan.verdict")}</th>
        </tr>
      </thead>
      <tbody>
        {goals.map((goal) => (
          <tr key={goal.goal} className={goal.met ? "good" : goal.hard ? "bad" : "warn"} title={goal.source}>
            <th scope="row">
              {goal.structure} {goal.metric}
            </th>
            <td>
              {goal.sense === "at least" ? "≥" : "≤"} {goal.limit} {goal.unit}
            </td>
            <td>
              {number(goal.value, decimalsOf(goal))} {goal.unit}
            </td>
            <td>{goal.met ? `✓ ${t("plan.met")}` : `${goal.hard ? "✗" : "△"} ${t(goal.hard ? "plan.missed" : "plan.missedSoft")}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** So many decimals that a value that misses its limit is not written like one that meets it. */
export function decimalsOf({ value, limit, met }: Pick<GoalRow, "value" | "limit" | "met">): number {
  return met || value.toFixed(1) !== limit.toFixed(1) ? 1 : 3;
}
