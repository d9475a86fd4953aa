/** Somebody saved the record meanwhile: both versions beside each other, and which one goes on. */

import { type ReactNode } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { KindShape, RecordsOfKind } from "../../types/clinic";
import { idPath } from "../patients/address";
import { differences, textsOf } from "./recordTexts";
import type { RecordFormState } from "./useRecordForm";

interface Props {
  patient: string;
  shape: KindShape;
  form: RecordFormState;
  error: unknown;
}

export function Conflict({ patient, shape, form, error }: Props): ReactNode {
  const { t, language } = useWords();
  const path = `/patients/${idPath(patient)}/records/${shape.path}`;
  const { data } = useSWR([path, error], ([place]) => get<RecordsOfKind>(place));
  const mine = form.checked.record;
  const saved = data?.records.find((each) => shape.key.every((name) => name === "patient_id" || textsOf(shape, each.record)[name] === (textsOf(shape, mine)[name] ?? "")));
  if (!saved) return <Trouble error={error} kind={shape.kind} />;
  return (
    <div className="stack">
      <Trouble error={error} kind={shape.kind} />
      <table>
        <caption className="unseen">{t("form.conflict")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("form.field")}</th>
            <th scope="col">{t("form.theirs", { who: saved.who })}</th>
            <th scope="col">{t("form.mine")}</th>
          </tr>
        </thead>
        <tbody>
          {differences(shape, saved.record, form.texts).map((each) => (
            <tr key={each.field.name}>
              <th scope="row">{each.field.label[language]}</th>
              <td>{each.saved || "–"}</td>
              <td>{each.mine || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <button type="button" onClick={() => form.rebase(saved.version, textsOf(shape, saved.record))}>
          {t("form.takeTheirs")}
        </button>
        <button type="button" onClick={() => form.rebase(saved.version)}>
          {t("form.keepMine")}
        </button>
      </div>
    </div>
  );
}
