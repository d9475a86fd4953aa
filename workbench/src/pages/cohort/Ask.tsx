/** The question: groups, data cut, criteria, who is chosen. */

import type { FormEvent, ReactNode } from "react";
import { useWords } from "../../language";
import type { Askable, FilterChoice } from "../../types/cohort";
import { Filter } from "./Filter";
import { useNamed } from "./named";
import { type Draft, type DraftFilter, faultOf, newFilter } from "./question";

interface Props {
  askable: Askable;
  draft: Draft;
  busy: boolean;
  onChange: (draft: Draft) => void;
  onAsk: () => void;
}

export function Ask({ askable, draft, busy, onChange, onAsk }: Props): ReactNode {
  const { t } = useWords();
  const named = useNamed();
  const outcome = askable.groups.find((each) => each.name === draft.group)?.outcome ?? false;
  const left = askable.filters.filter((each) => !draft.filters.some((one) => one.variable === each.name));
  const choice = (filter: DraftFilter): FilterChoice => askable.filters.find((each) => each.name === filter.variable)!;
  const wrong = draft.filters.some((each) => faultOf(each, choice(each)));

  function put(at: number, filter: DraftFilter | null): void {
    const filters = draft.filters.flatMap((each, place) => (place === at ? (filter ? [filter] : []) : [each]));
    onChange({ ...draft, filters });
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    onAsk();
  }

  return (
    <form className="stack" onSubmit={submit}>
      <label className="field">
        {t("cohort.group")}
        <select value={draft.group} onChange={(event) => onChange({ ...draft, group: event.target.value })}>
          {askable.groups.map((each) => (
            <option key={each.name} value={each.name}>
              {named.variable(each.name, each.label)}
              {each.outcome ? ` (${t("cohort.outcome")})` : ""}
            </option>
          ))}
        </select>
      </label>
      {outcome ? <p className="warn small">{t("cohort.outcome.text")}</p> : null}
      <label className="field">
        {t("cohort.on")}
        <input type="date" required value={draft.on} onChange={(event) => onChange({ ...draft, on: event.target.value })} />
      </label>
      <label className="field">
        {t("cohort.profile")}
        <select value={draft.profile} onChange={(event) => onChange({ ...draft, profile: event.target.value })}>
          {askable.profiles.map((each) => (
            <option key={each} value={each}>
              {each === "paper" ? t("cohort.profile.paper") : each === "recist11" ? "RECIST 1.1" : each}
            </option>
          ))}
        </select>
      </label>
      <fieldset className="plain">
        <legend>{t("cohort.filters")}</legend>
        {draft.filters.map((each, at) => (
          <Filter key={each.variable} filter={each} choice={choice(each)} onChange={(next) => put(at, next)} />
        ))}
        <select
          aria-label={t("cohort.addFilter")}
          value=""
          onChange={(event) => {
            const chosen = askable.filters.find((each) => each.name === event.target.value);
            if (chosen) onChange({ ...draft, filters: [...draft.filters, newFilter(chosen)] });
          }}
        >
          <option value="">{t("cohort.addFilter")}</option>
          {left.map((each) => (
            <option key={each.name} value={each.name}>
              {named.variable(each.name, each.label)}
            </option>
          ))}
        </select>
      </fieldset>
      <button className="primary" disabled={busy || wrong || !draft.on}>
        {t("cohort.analyse")}
      </button>
    </form>
  );
}
