/** One filter: the classes that are kept, or a range. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { FilterChoice } from "../../types/cohort";
import { useNamed } from "./named";
import { type DraftFilter, faultOf } from "./question";

interface Props {
  filter: DraftFilter;
  choice: FilterChoice;
  onChange: (filter: DraftFilter | null) => void;
}

export function Filter({ filter, choice, onChange }: Props): ReactNode {
  const { t } = useWords();
  const named = useNamed();
  const fault = faultOf(filter, choice);
  const label = named.variable(choice.name, choice.label);

  function tick(name: string, on: boolean): void {
    const others = filter.classes.filter((each) => each !== name);
    onChange({ ...filter, classes: on ? [...others, name] : others });
  }

  return (
    <fieldset className="filter">
      <legend>
        {label}
        {choice.unit ? `, ${named.unit(choice.unit)}` : ""}{" "}
        <button type="button" aria-label={t("cohort.dropFilter", { name: label })} onClick={() => onChange(null)}>
          ×
        </button>
      </legend>
      {choice.classes.length ? (
        choice.classes.map((each) => (
          <label key={each} className="tick">
            <input type="checkbox" checked={filter.classes.includes(each)} onChange={(event) => tick(each, event.target.checked)} />
            {named.class(each)}
          </label>
        ))
      ) : (
        <div className="row">
          <label>
            {t("cohort.from")} <input className="short" inputMode="decimal" value={filter.low} onChange={(event) => onChange({ ...filter, low: event.target.value })} />
          </label>
          <label>
            {t("cohort.to")} <input className="short" inputMode="decimal" value={filter.high} onChange={(event) => onChange({ ...filter, high: event.target.value })} />
          </label>
        </div>
      )}
      {fault ? (
        <p className="warn small" role="status">
          {t(`cohort.fault.${fault}`)}
        </p>
      ) : null}
    </fieldset>
  );
}
