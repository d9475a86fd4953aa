/** One field of a form: its label with the unit, the input, how it was read, and what is wrong with it. */

import { type ReactNode, useId } from "react";
import { type Language, useWords } from "../../language";
import { Said } from "../../parts/Said";
import type { FieldFault, FieldShape } from "../../types/clinic";
import { unitText } from "./useKinds";

interface Props {
  field: FieldShape;
  kind: string;
  text: string;
  readAs: string;
  faults: readonly FieldFault[];
  confirmed: ReadonlySet<string>;
  suggestions: readonly string[];
  locked: boolean;
  onText: (text: string) => void;
  onLeave: () => void;
  onConfirm: (sentence: string, yes: boolean) => void;
}

const LONG = new Set(["note", "symptoms", "complications", "facts", "evidence", "location"]);

export function FieldInput(props: Props): ReactNode {
  const { field, faults, readAs } = props;
  const { t, language } = useWords();
  const id = useId();
  const wrong = faults.some((fault) => fault.severity !== "ask");
  const described = [`${id}-help`, ...(faults.length ? [`${id}-faults`] : [])].join(" ");
  return (
    <div className={`field ${LONG.has(field.name) ? "wide" : ""} ${wrong ? "is-wrong" : faults.length ? "is-asked" : ""}`}>
      <label htmlFor={id}>
        {field.label[language]}
        {field.unit ? ` [${unitText(field.unit, language)}]` : ""}
        {field.required ? <span aria-hidden="true"> *</span> : null}
      </label>
      <Input {...props} id={id} described={described} wrong={wrong} />
      <small id={`${id}-help`} className="soft">
        {readAs ? <strong>{t("form.readAs", { value: readAs })} </strong> : null}
        {language === "en" ? helpText(field) : rangeText(field, language)}
      </small>
      {faults.length ? (
        <ul id={`${id}-faults`} className="faults" aria-live="polite">
          {faults.map((fault) => (
            <li key={fault.sentence}>
              <span className={fault.severity === "ask" ? "warn" : "bad"}>
                {fault.severity === "ask" ? "? " : "✕ "}
                {fault.severity === "lacking" ? t("form.lacking") : <Said text={fault.sentence} kind={props.kind} />}
              </span>
              {fault.severity === "ask" ? (
                <label className="inline">
                  <input type="checkbox" checked={props.confirmed.has(fault.sentence)} onChange={(event) => props.onConfirm(fault.sentence, event.target.checked)} />
                  {t("form.confirm")}
                </label>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** What the field means, where its label does not say it. */
function helpText(field: FieldShape): string {
  return field.help.toLowerCase() === field.label.en.toLowerCase() ? rangeText(field, "en") : field.help;
}

function rangeText(field: FieldShape, language: Language): string {
  return field.range ? `${field.range[0]}–${field.range[1]} ${unitText(field.unit, language)}` : "";
}

function Input(props: Props & { id: string; described: string; wrong: boolean }): ReactNode {
  const { field, text, onText, onLeave, id, described, wrong, locked, suggestions } = props;
  const { t, language } = useWords();
  const shared = { id, "aria-describedby": described, "aria-invalid": wrong || undefined, "aria-required": field.required || undefined, disabled: locked, onBlur: onLeave };
  if (field.choices.length)
    return (
      <select {...shared} value={text} onChange={(event) => onText(event.target.value)}>
        <option value="">{t("form.notStated")}</option>
        {field.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice[language]}
          </option>
        ))}
      </select>
    );
  if (LONG.has(field.name)) return <textarea {...shared} rows={2} value={text} maxLength={2000} onChange={(event) => onText(event.target.value)} />;
  const number = field.kind.endsWith("number");
  return (
    <>
      <input
        {...shared}
        type="text"
        value={text}
        maxLength={2000}
        inputMode={number ? "decimal" : undefined}
        placeholder={field.kind.endsWith("date") ? t(field.kind === "date" ? "form.day" : "form.partial") : undefined}
        list={suggestions.length ? `${id}-list` : undefined}
        autoComplete="off"
        onChange={(event) => onText(event.target.value)}
      />
      {suggestions.length ? (
        <datalist id={`${id}-list`}>
          {suggestions.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      ) : null}
    </>
  );
}
