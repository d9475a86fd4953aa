/** PET over both CTs on one scale: which series, how strong, up to which SUV. */

import { type ReactNode, useRef, useState } from "react";
import { useWords } from "../../../language";
import { NumberInput } from "../../../parts/NumberInput";
import { Trouble } from "../../../parts/Trouble";
import type { PairSeries, PetRow, Side } from "../../../types/pairs";
import { SIDES } from "../../../types/pairs";
import type { PetLook } from "../../../viewer/pet";
import type { Choice } from "./pairing";

export interface PetChoice {
  chosen: Record<Side, string>;
  choose: (side: Side, series: string) => void;
  shown: boolean;
  setShown: (shown: boolean) => void;
  opacity: number;
  setOpacity: (opacity: number) => void;
  /** End of the scale; null as long as nobody chose one. */
  max: number | null;
  setMax: (max: number | null) => void;
}

const OPACITY = 0.75;

/** The PET of each examination to begin with: of its frame of reference and its day. */
export function usePetChoice(series: PairSeries, choice: Choice): PetChoice {
  const [chosen, setChosen] = useState<Record<Side, string>>(() => ({ before: firstPet(series, choice.before), after: firstPet(series, choice.after) }));
  const [shown, setShown] = useState(true);
  const [opacity, setOpacity] = useState(OPACITY);
  const [max, setMax] = useState<number | null>(null);
  return { chosen, choose: (side, name) => setChosen({ ...chosen, [side]: name }), shown, setShown, opacity, setOpacity, max, setMax };
}

export function petsOf(series: PairSeries, name: string): PetRow[] {
  const names = series.cts.find((ct) => ct.case === name)?.pets ?? [];
  return series.pets.filter((pet) => names.includes(pet.series));
}

/** Two examinations may share a frame of reference: the PET of another day is not taken unasked. */
export function firstPet(series: PairSeries, name: string): string {
  const day = series.cts.find((ct) => ct.case === name)?.study_date;
  return petsOf(series, name).find((pet) => pet.study_date === day)?.series ?? "";
}

interface Props {
  series: PairSeries;
  choice: Choice;
  hand: PetChoice;
  look: PetLook;
  loading: boolean;
  errors: readonly unknown[];
}

export function PetPanel({ series, choice, hand, look, loading, errors }: Props): ReactNode {
  const { t, date } = useWords();
  const auto = useRef(look.max); // the field begins anew with the images, not with each number that is typed
  if (hand.max === null) auto.current = look.max;
  const offered: Record<Side, PetRow[]> = { before: petsOf(series, choice.before), after: petsOf(series, choice.after) };
  if (!offered.before.length && !offered.after.length)
    return (
      <>
        <h2>PET</h2>
        <p className="soft small">{t("pairs.pet.none")}</p>
      </>
    );
  return (
    <>
      <div className="row spread">
        <h2>PET</h2>
        <button type="button" aria-pressed={hand.shown} title={t("pairs.key", { key: "P" })} onClick={() => hand.setShown(!hand.shown)}>
          {t("pairs.pet.show")}
        </button>
      </div>
      <div className="stack">
        {SIDES.map((side) => (
          <label key={side}>
            {t(`pairs.pet.${side}`)}
            {offered[side].length ? (
              <select value={hand.chosen[side]} onChange={(event) => hand.choose(side, event.target.value)}>
                <option value="">{t("app.none")}</option>
                {offered[side].map((pet) => (
                  <option key={pet.series} value={pet.series}>
                    {date(pet.study_date)} · {pet.series_description || "PET"}
                  </option>
                ))}
              </select>
            ) : (
              <span className="soft">{t("pairs.pet.noneHere")}</span>
            )}
          </label>
        ))}
        <label>
          {t("pairs.pet.opacity", { percent: Math.round(100 * hand.opacity) })}
          <input type="range" min={0} max={100} step={5} value={Math.round(100 * hand.opacity)} onChange={(event) => hand.setOpacity(Number(event.target.value) / 100)} />
        </label>
        <label>
          {t("pairs.pet.max")}
          <ScaleEnd key={auto.current} max={look.max} onMax={hand.setMax} />
        </label>
        {loading ? <p role="status">{t("app.loading")}…</p> : null}
        {errors.map((error) => (
          <Trouble key={String(error)} error={error} />
        ))}
        <p className="soft small">{t("pairs.pet.text")}</p>
      </div>
    </>
  );
}

/** The end of the scale; as long as what stands is none, the one that is in force is told. */
function ScaleEnd({ max, onMax }: { max: number; onMax: (max: number) => void }): ReactNode {
  const { t } = useWords();
  const [isUnfit, setUnfit] = useState(false);
  const take = (value: number | null): void => {
    setUnfit(false);
    if (value !== null) onMax(value);
  };
  return (
    <>
      <NumberInput min={0.1} max={1000} initial={max} required onNumber={take} onUnfit={() => setUnfit(true)} />
      {isUnfit ? (
        <span role="status" className="warn small">
          {t("pairs.pet.inForce", { max })}
        </span>
      ) : null}
    </>
  );
}
