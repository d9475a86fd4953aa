/** A form made of the fields of a kind of records, checked while one types. */

import { type FormEvent, type ReactNode, useState } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { useWords } from "../../language";
import { Said } from "../../parts/Said";
import { Trouble } from "../../parts/Trouble";
import type { KeptRecord, KindShape, RecordsOfKind } from "../../types/clinic";
import { idPath } from "../patients/address";
import { Conflict } from "./Conflict";
import { FieldInput } from "./FieldInput";
import { faultsOf, isBarred, readAs } from "./recordTexts";
import { type RecordFormState, useRecordForm } from "./useRecordForm";

interface Props {
  patient: string;
  shape: KindShape;
  kept: KeptRecord | null;
  onSaved: (saved: KeptRecord) => void;
  onCancel: () => void;
}

export function RecordForm({ patient, shape, kept, onSaved, onCancel }: Props): ReactNode {
  const { t } = useWords();
  const form = useRecordForm(patient, shape, kept);
  const suggestions = useSuggestions(patient, shape);
  const [why, setWhy] = useState("");
  const barred = isBarred(form.checked.faults, form.confirmed);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const saved = await form.save(why);
    if (saved) onSaved(saved);
  }

  return (
    <form className="record" noValidate onSubmit={(event) => void submit(event)}>
      {form.fromDraft ? (
        <p className="row warn">
          {t(`form.draft.${form.fromDraft}`)}
          <button type="button" onClick={form.discard}>
            {t("form.discard")}
          </button>
        </p>
      ) : null}
      <div className="fields">
        {shape.fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            kind={shape.kind}
            text={form.texts[field.name] ?? ""}
            readAs={readAs(field, form.texts[field.name] ?? "", form.checked.record)}
            faults={faultsOf(form.checked.faults, field.name, form.told || form.left.has(field.name))}
            confirmed={form.confirmed}
            suggestions={suggestions[field.name] ?? []}
            locked={kept !== null && field.is_key}
            onText={(text) => form.set(field.name, text)}
            onLeave={() => form.leave(field.name)}
            onConfirm={form.confirm}
          />
        ))}
      </div>
      <Others form={form} shape={shape} />
      {kept ? (
        <>
          <label>
            {t("form.why")}
            <input value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} required />
          </label>
          {shape.key.length > 1 ? <p className="soft">{t("form.keyLocked")}</p> : null}
        </>
      ) : null}
      {form.conflict && form.problem ? <Conflict patient={patient} shape={shape} form={form} error={form.problem} /> : form.problem ? <Trouble error={form.problem} kind={shape.kind} /> : null}
      <div className="row">
        <button className="primary" disabled={form.busy || (kept !== null && !why.trim())}>
          {t("app.save")}
        </button>
        <button type="button" onClick={onCancel}>
          {t("app.cancel")}
        </button>
        <span className="soft" role="status">
          {form.checking === "unreached" ? t("form.unreached") : form.told && barred ? t("form.barred") : ""}
        </span>
      </div>
    </form>
  );
}

/** Faults that are of no field of this form: of the patient, or of records that are there. */
function Others({ form, shape }: { form: RecordFormState; shape: KindShape }): ReactNode {
  const { t } = useWords();
  const names = new Set(shape.fields.map((field) => field.name));
  const others = form.checked.faults.filter((fault) => !names.has(fault.field));
  if (!others.length) return null;
  return (
    <ul className="faults" aria-live="polite">
      {others.map((fault) => (
        <li key={fault.sentence}>
          <span className={fault.severity === "ask" ? "warn" : "bad"}>
            {fault.severity === "ask" ? "? " : "✕ "}
            <Said text={fault.sentence} kind={shape.kind} />
          </span>
          {fault.severity === "ask" ? (
            <label className="inline">
              <input type="checkbox" checked={form.confirmed.has(fault.sentence)} onChange={(event) => form.confirm(fault.sentence, event.target.checked)} />
              {t("form.confirm")}
            </label>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** Names of lesions or courses that the patient has, for the fields that refer to them. */
function useSuggestions(patient: string, shape: KindShape): Record<string, string[]> {
  const [field, kind] = Object.entries(shape.refers_to)[0] ?? ["", ""];
  const path = kind ? `/patients/${idPath(patient)}/records/${kind.toLowerCase().replaceAll(" ", "-")}` : null;
  const { data } = useSWR(path, (place: string) => get<RecordsOfKind>(place));
  return field && data ? { [field]: data.records.map((each) => String(each.record[field] ?? "")) } : {};
}
