/** Needles and their seeds as lists: what is chosen here is chosen in the pictures. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { PlanSeed, PlanState } from "../../types/plans";

interface Props {
  plan: PlanState;
  chosen: number | null;
  onChoose: (seed: number | null) => void;
}

export function Lists({ plan, chosen, onChoose }: Props): ReactNode {
  const { t } = useWords();
  const loose = plan.seeds.filter((seed) => seed.needle === null);
  return (
    <div className="scroll">
      {plan.needles.map((needle) => (
        <details key={needle.index} open={needle.seeds.includes(chosen ?? -1)}>
          <summary>
            {needle.name} · {t("plans.seeds", { count: needle.seeds.length })}
          </summary>
          <ul className="list">
            {needle.seeds.map((seed) => (
              <SeedLine key={seed} seed={plan.seeds[seed] as PlanSeed} chosen={chosen} onChoose={onChoose} />
            ))}
          </ul>
        </details>
      ))}
      <ul className="list">
        {loose.map((seed) => (
          <SeedLine key={seed.index} seed={seed} chosen={chosen} onChoose={onChoose} />
        ))}
      </ul>
    </div>
  );
}

function SeedLine({ seed, chosen, onChoose }: { seed: PlanSeed; chosen: number | null; onChoose: Props["onChoose"] }): ReactNode {
  const { t, number } = useWords();
  return (
    <li>
      <button type="button" aria-pressed={chosen === seed.index} onClick={() => onChoose(chosen === seed.index ? null : seed.index)}>
        {t("plan.seed", { number: seed.index + 1 })}
      </button>
      <span className="soft">
        {seed.position_mm.map((value) => number(value)).join(", ")} mm · {number(seed.strength_u, 3)} U
      </span>
    </li>
  );
}
