/** What an approved verification tells of the implantation, as it is typed into the patient's records. */

import type { DoneState } from "../../types/verifications";
import type { Texts } from "../patient/recordTexts";

/** Texts of the fields of an implantation; what the verification does not know stays to be typed. */
export function implantationTexts(state: DoneState): Texts {
  const given = state.metrics.given?.["target"] ?? {};
  return kept({
    on: state.implanted_on,
    prescription_gy: state.prescription_gy,
    seeds_planned: state.planned.length || null,
    seeds_implanted: state.numbering.implanted,
    strength_u: oneStrength(state),
    verified_on: state.case_row.study_date,
    d90_gy: rounded(given["d90_gy"], 1),
    v100_pct: rounded(given["v100_pct"], 1),
  });
}

function kept(values: Record<string, string | number | null>): Texts {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])));
}

/** The strength of the seeds that count, where they have but one. */
function oneStrength({ seeds }: DoneState): number | null {
  const strengths = new Set(seeds.filter((seed) => seed.counts).map((seed) => seed.strength_u));
  const [only = null] = strengths;
  return strengths.size === 1 ? rounded(only, 4) : null;
}

function rounded(value: number | null | undefined, decimals: number): number | null {
  return value === null || value === undefined ? null : Number(value.toFixed(decimals));
}
