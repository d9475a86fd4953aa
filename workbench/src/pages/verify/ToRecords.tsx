/** From an approved verification to the record of the implantation: filled in as far as it is known, checked and saved by a person. */

import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { useWords } from "../../language";
import { useMay, useSession } from "../../session";
import type { DoneState } from "../../types/verifications";
import { draftKey, keepDraft, readDraft } from "../patient/drafts";
import { idPath } from "../patients/address";
import { implantationTexts } from "./implantation";

const KIND = "implantation";

export function ToRecords({ state }: { state: DoneState }): ReactNode {
  const { t } = useWords();
  const { session } = useSession();
  const [, go] = useLocation();
  const patient = state.case_row.patient_id;
  if (!useMay("clinician", "physicist") || !patient) return null;

  function enter(): void {
    const key = draftKey(session?.user?.name ?? "", patient, KIND, null);
    if (!readDraft(sessionStorage, key)) keepDraft(sessionStorage, key, { texts: implantationTexts(state), version: 0, from: "verification" });
    go(`/patients/${idPath(patient)}/records?kind=${KIND}&new=1`);
  }

  return (
    <>
      <p className="soft">{t("verify.records.text")}</p>
      <button type="button" onClick={enter}>
        {t("verify.records.do")}
      </button>
    </>
  );
}
