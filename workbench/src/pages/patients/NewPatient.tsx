/** A new patient: the identifier first, then the form of who it is. */

import { type FormEvent, type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { useWords } from "../../language";
import { RecordForm } from "../patient/RecordForm";
import { useKinds } from "../patient/useKinds";
import { idPath } from "./address";

export function NewPatient({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useWords();
  const [, go] = useLocation();
  const [id, setId] = useState("");
  const [chosen, setChosen] = useState("");
  const shape = useKinds()?.get("patient");

  function choose(event: FormEvent): void {
    event.preventDefault();
    setChosen(id.trim());
  }

  return (
    <section className="panel" aria-labelledby="new-patient">
      <div className="row spread">
        <h2 id="new-patient">{t("patients.new")}</h2>
        <button type="button" onClick={onClose}>
          {t("app.close")}
        </button>
      </div>
      {chosen && shape ? (
        <>
          <p>
            {t("patients.patient_id")}: <strong>{chosen}</strong>{" "}
            <button type="button" onClick={() => setChosen("")}>
              {t("patients.otherId")}
            </button>
          </p>
          <RecordForm patient={chosen} shape={shape} kept={null} onSaved={() => go(`/patients/${idPath(chosen)}`)} onCancel={onClose} />
        </>
      ) : (
        <form className="row" onSubmit={choose}>
          <label>
            {t("patients.patient_id")}
            <input value={id} onChange={(event) => setId(event.target.value)} maxLength={200} required autoFocus pattern=".*\S.*" />
          </label>
          <button className="primary" disabled={!shape}>
            {t("patients.next")}
          </button>
          <span className="soft">{t("patients.idHelp")}</span>
        </form>
      )}
    </section>
  );
}
