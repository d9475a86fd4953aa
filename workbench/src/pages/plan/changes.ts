/** A plan as an edit would leave it: what the server says has changed, laid over the plan as it is. */

import type { PlanChange, PlanState } from "../../types/plans";

/** Lay a change over a plan; null where it belongs to another version. */
export function changed(plan: PlanState, change: PlanChange): PlanState | null {
  if (plan.version !== change.version) return null;
  const doses = new Map(change.dvhs.map((dvh) => [dvh.structure, dvh.dose_gy]));
  return {
    ...plan,
    seeds: change.whole ? change.seeds : laidOver(plan.seeds, change.seeds),
    needles: change.whole ? change.needles : laidOver(plan.needles, change.needles),
    seed_count: change.seed_count,
    goals: change.goals,
    dvhs: plan.dvhs.map((dvh) => ({ ...dvh, dose_gy: doses.get(dvh.structure) ?? dvh.dose_gy })),
  };
}

function laidOver<T extends { index: number }>(all: readonly T[], some: readonly T[]): T[] {
  const next = [...all];
  for (const each of some) next[each.index] = each;
  return next;
}
