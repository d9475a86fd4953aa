/** What can be done to a plan by hand: undo, seeds, needles, strengths. */

import { type ReactNode, useState } from "react";
import { useWords } from "../../language";
import { NumberInput } from "../../parts/NumberInput";
import type { PlanState } from "../../types/plans";
import type { DrawnStructure } from "../../viewer/cuts";
import { nearestOn, type Point } from "../../viewer/geometry";
import type { ViewStore } from "../../viewer/viewState";
import type { Chosen } from "./Lists";
import { depthsIn } from "./needles";
import { common, letterOfStrength, strengthText } from "./strengths";
import type { PlanInHand } from "./usePlan";

/** A needle that is being laid by two clicks. */
export interface Laying {
  entry_mm: Point | null;
  /** Null as long as what is typed is none that fits: then no needle is laid. */
  spacing_mm: number | null;
  fromTip_mm: number | null;
  /** Of its seeds. */
  strength_u: number;
}

interface Props {
  hand: PlanInHand;
  chosen: Chosen;
  onSeed: (seed: number | null) => void;
  view: ViewStore;
  laying: Laying | null;
  onLaying: (laying: Laying | null) => void;
}

/** The usual distance of seeds, centre to centre, and of the first one from the tip (local rule). */
const USUAL = { spacing_mm: 10, fromTip_mm: 5 };

export function Tools({ hand, chosen, onSeed, view, laying, onLaying }: Props): ReactNode {
  const { t } = useWords();
  const plan = hand.plan as PlanState;
  const [strength_u, setStrength] = useState<number>(plan.strengths_u[0] ?? 0);

  async function addSeed(): Promise<void> {
    const at = view.get().crosshair_mm;
    const needle = chosen.needle ?? (chosen.seed === null ? null : (plan.seeds[chosen.seed]?.needle ?? null));
    const on = needle === null ? undefined : plan.needles[needle];
    if (on && needle !== null) {
      await hand.edit({ kind: "add_seed", position_mm: nearestOn(on.entry_mm, on.tip_mm, at), needle, strength_u });
    } else await hand.edit({ kind: "add_seed", position_mm: at, axis: [0, 0, 1], strength_u });
  }

  async function remove(): Promise<void> {
    if (chosen.seed !== null && (await hand.edit({ kind: "remove_seed", seed: chosen.seed }))) onSeed(null);
  }

  function choose(value: number): void {
    setStrength(value);
    if (laying) onLaying({ ...laying, strength_u: value });
  }

  const seeds = chosen.seed !== null ? [chosen.seed] : chosen.needle !== null ? (plan.needles[chosen.needle]?.seeds ?? []) : [];
  return (
    <div role="toolbar" aria-label={t("plan.tools")} className="stack">
      <div className="row">
        <button type="button" disabled={!plan.can_undo || hand.busy} onClick={() => void hand.edit({ kind: "undo" })}>
          {t("plan.undo")}
        </button>
        <button type="button" disabled={!plan.can_redo || hand.busy} onClick={() => void hand.edit({ kind: "redo" })}>
          {t("plan.redo")}
        </button>
        <button type="button" disabled={hand.busy} onClick={() => void addSeed()}>
          {t("plan.addSeed")}
        </button>
        <button type="button" disabled={chosen.seed === null || hand.busy} onClick={() => void remove()}>
          {t("plan.removeSeed")}
        </button>
        <button type="button" aria-pressed={laying !== null} onClick={() => onLaying(laying ? null : { ...USUAL, entry_mm: null, strength_u })}>
          {t("plan.needleNew")}
        </button>
      </div>
      {laying ? <LayingTools laying={laying} onLaying={onLaying} /> : null}
      {plan.strengths_u.length > 1 ? (
        <div className="row">
          <Strength label={t("plan.strengthNew")} stock={plan.strengths_u} value={strength_u} onChange={choose} />
          <Strength
            label={t("plan.strengthOf", { count: seeds.length })}
            stock={plan.strengths_u}
            value={common(seeds.map((seed) => plan.seeds[seed]?.strength_u))}
            disabled={!seeds.length || hand.busy}
            onChange={(chosen_u) => void hand.edit({ kind: "set_strength", strength_u: chosen_u, seeds })}
          />
          <button type="button" disabled={!plan.seed_count || hand.busy} onClick={() => void hand.edit({ kind: "set_strength", strength_u })}>
            {t("plan.strengthAll")}
          </button>
        </div>
      ) : null}
    </div>
  );
}

interface StrengthProps {
  label: string;
  stock: readonly number[];
  /** None where seeds differ. */
  value: number | null;
  disabled?: boolean;
  onChange: (strength_u: number) => void;
}

function Strength({ label, stock, value, disabled = false, onChange }: StrengthProps): ReactNode {
  const { t } = useWords();
  return (
    <label>
      {label}
      <select value={value ?? ""} disabled={disabled} onChange={(event) => onChange(Number(event.target.value))}>
        {value === null ? <option value="">{disabled ? "–" : t("plan.strengthMixed")}</option> : null}
        {stock.map((each, at) => (
          <option key={each} value={each}>
            {letterOfStrength(at)} {strengthText(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

function LayingTools({ laying, onLaying }: { laying: Laying; onLaying: Props["onLaying"] }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <p role="status" className="warn">
        {t(!canLay(laying) ? "plan.needleNumbers" : laying.entry_mm ? "plan.needleTip" : "plan.needleEntry")}
      </p>
      <div className="row">
        <label>
          {t("plan.spacing")}
          <NumberInput min={5} max={50} initial={laying.spacing_mm} required onNumber={(value) => onLaying({ ...laying, spacing_mm: value })} onUnfit={() => onLaying({ ...laying, spacing_mm: null })} />
        </label>
        <label>
          {t("plan.fromTip")}
          <NumberInput min={0} max={100} initial={laying.fromTip_mm} required onNumber={(value) => onLaying({ ...laying, fromTip_mm: value })} onUnfit={() => onLaying({ ...laying, fromTip_mm: null })} />
        </label>
        <button type="button" onClick={() => onLaying(null)}>
          {t("app.cancel")}
        </button>
      </div>
    </>
  );
}

/** A needle whose distances are numbers that fit. */
export function canLay(laying: Laying): laying is Laying & { spacing_mm: number; fromTip_mm: number } {
  return laying.spacing_mm !== null && laying.fromTip_mm !== null;
}

/** The second click of a new needle: its seeds lie in the target. Nothing is laid as long as a distance is none. */
export function newNeedle(hand: Pick<PlanInHand, "edit">, laying: Laying, tip_mm: Point, target: DrawnStructure | undefined): Promise<boolean> {
  if (!canLay(laying)) return Promise.resolve(false);
  const entry_mm = laying.entry_mm as Point;
  const { spacing_mm, fromTip_mm } = laying;
  const depths_mm = target ? depthsIn(target, entry_mm, tip_mm, fromTip_mm, Math.max(spacing_mm, 1)) : [];
  return hand.edit({ kind: "add_needle", entry_mm, tip_mm, depths_mm, strength_u: laying.strength_u });
}
