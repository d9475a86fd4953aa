/** How sure a seed is, in words: by the search, or by a person, which is never shown as the search's. */

import type { useWords } from "../../language";
import type { GoalRow } from "../../types/plans";
import type { SeenSeed } from "../../types/verifications";

type Words = Pick<ReturnType<typeof useWords>, "t" | "number">;

export function nameOf({ t }: Words, seed: SeenSeed): string {
  return t(seed.by_search || seed.hand ? "verify.seed" : "verify.notCounted", { number: seed.number });
}

export function surenessOf({ t, number }: Words, seed: SeenSeed): string {
  const searched = seed.confidence === null ? "" : number(seed.confidence, 2);
  if (seed.hand === "added") return t("verify.by.added");
  if (seed.hand) return t(`verify.by.${seed.hand}`, { confidence: searched });
  return `${t("verify.confidence")} ${searched}`;
}

/** A goal as tables have it: "Target V100 ≥ 95 %". */
export function goalName(t: Words["t"], { structure, metric, sense, limit, unit }: GoalRow): string {
  return `${structure === "target" ? t("verify.target") : structure} ${metric} ${sense === "at least" ? "≥" : "≤"} ${limit} ${unit}`;
}

/** What holds of a seed: one that the search is sure of waits for nobody. */
export function standingOf(seed: SeenSeed): "certain" | SeenSeed["state"] {
  return seed.state === "open" && !seed.doubtful ? "certain" : seed.state;
}
