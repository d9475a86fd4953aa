/** Needles and their seeds as lists: what is chosen here is chosen in the pictures. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { PlanNeedle, PlanSeed, PlanState } from "../../types/plans";
import { depthOf, lengthOf } from "./needles";
import { letterOfStrength, placeInStock, strengthText } from "./strengths";

export interface Chosen {
  seed: number | null;
  needle: number | null;
}

interface Props {
  plan: PlanState;
  chosen: Chosen;
  onSeed: (seed: number | null) => void;
  onNeedle: (needle: number | null) => void;
  onRemoveNeedle: ((needle: number) => void) | null;
}

export function Lists({ plan, chosen, onSeed, onNeedle, onRemoveNeedle }: Props): ReactNode {
  const { t, number } = useWords();
  const loose = plan.seeds.filter((seed) => seed.needle === null);
  return (
    <div className="scroll">
      <table className="needles">
        <thead>
          <tr>
            <th scope="col">{t("plan.needle")}</th>
            <th scope="col">{t("plan.length")}</th>
            <th scope="col">{t("plan.depths")}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {plan.needles.map((needle) => (
            <tr key={needle.index} aria-selected={chosen.needle === needle.index}>
              <th scope="row">
                <button
                  type="button"
                  aria-pressed={chosen.needle === needle.index}
                  onClick={() => onNeedle(chosen.needle === needle.index ? null : needle.index)}
                >
                  {needle.name}
                </button>
              </th>
              <td>{number(lengthOf(needle))}</td>
              <td>
                <SeedsOf needle={needle} plan={plan} chosen={chosen.seed} onSeed={onSeed} />
              </td>
              <td>
                {onRemoveNeedle && chosen.needle === needle.index ? (
                  <button type="button" className="danger" title={t("plan.needleRemove", { name: needle.name })} onClick={() => onRemoveNeedle(needle.index)}>
                    ✕<span className="unseen">{t("plan.needleRemove", { name: needle.name })}</span>
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {plan.strengths_u.length > 1 ? (
        <p className="soft">{plan.strengths_u.map((each, at) => `${letterOfStrength(at)} ${strengthText(each)}`).join(" · ")}</p>
      ) : null}
      <ul className="list">
        {loose.map((seed) => (
          <LooseSeed key={seed.index} seed={seed} chosen={chosen.seed} onSeed={onSeed} />
        ))}
      </ul>
    </div>
  );
}

interface SeedsProps {
  needle: PlanNeedle;
  plan: PlanState;
  chosen: number | null;
  onSeed: Props["onSeed"];
}

/** One button a seed, by its depth; from the skin inwards. */
function SeedsOf({ needle, plan, chosen, onSeed }: SeedsProps): ReactNode {
  const { t, number } = useWords();
  const several = plan.strengths_u.length > 1;
  const seeds = needle.seeds
    .map((index) => plan.seeds[index])
    .filter((seed): seed is PlanSeed => seed !== undefined)
    .map((seed) => ({ seed, depth: depthOf(needle, seed) }))
    .sort((one, two) => one.depth - two.depth);
  return (
    <span className="depths">
      {seeds.map(({ seed, depth }) => (
        <button
          key={seed.index}
          type="button"
          aria-pressed={chosen === seed.index}
          aria-label={`${t("plan.seed", { number: seed.index + 1 })}, ${t("plan.depth", { mm: number(depth) })}${several ? `, ${strengthText(seed.strength_u)}` : ""}`}
          title={`${t("plan.seed", { number: seed.index + 1 })} · ${strengthText(seed.strength_u)}`}
          onClick={() => onSeed(chosen === seed.index ? null : seed.index)}
        >
          {number(depth)}
          {several ? <sub>{letterOfStrength(placeInStock(plan.strengths_u, seed.strength_u))}</sub> : null}
        </button>
      ))}
    </span>
  );
}

function LooseSeed({ seed, chosen, onSeed }: { seed: PlanSeed; chosen: number | null; onSeed: Props["onSeed"] }): ReactNode {
  const { t, number } = useWords();
  return (
    <li>
      <button type="button" aria-pressed={chosen === seed.index} onClick={() => onSeed(chosen === seed.index ? null : seed.index)}>
        {t("plan.seed", { number: seed.index + 1 })}
      </button>
      <span className="soft">
        {seed.position_mm.map((value) => number(value)).join(", ")} mm · {strengthText(seed.strength_u)}
      </span>
    </li>
  );
}
