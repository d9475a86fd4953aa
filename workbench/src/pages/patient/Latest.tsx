/** How the patient answered by the latest image, sample and score. */

import type { ReactNode } from "react";
import { type Key, useWords } from "../../language";
import { Said } from "../../parts/Said";
import type { PatientPage } from "../../types/clinic";

export function Latest({ page }: { page: PatientPage }): ReactNode {
  const { t, number, date } = useWords();
  const { diameters, volume, tg, pain } = page.trends;
  return (
    <dl className="patient-facts latest" aria-label={t("patient.latest")}>
      {diameters.map((reader) => {
        const last = reader.points.at(-1);
        if (!last) return null;
        return (
          <div key={reader.reader}>
            <dt>
              {t("patient.response")}
              {diameters.length > 1 ? ` (${reader.reader})` : ""}
            </dt>
            <dd>
              <strong className={tone(last.response)}>{responseText(last.response, t)}</strong> {number(last.sum_mm)} mm
              {last.change_pct == null ? "" : ` (${last.change_pct > 0 ? "+" : ""}${number(last.change_pct, 0)} %)`}, {date(last.on)}
              <div className="soft">{t("patient.best", { best: responseText(reader.best_response, t), confirmed: responseText(reader.best_confirmed_response, t) })}</div>
              {last.reason ? <div className="soft"><Said text={last.reason} /></div> : null}
            </dd>
          </div>
        );
      })}
      {volume.map((lesion) => {
        const last = lesion.points.at(-1);
        if (!last) return null;
        return (
          <div key={`${lesion.lesion} ${lesion.reader}`}>
            <dt>{t("patient.volumeOf", { lesion: lesion.lesion })}</dt>
            <dd>
              {number(last.volume_cc)} cm³{last.reduction_pct == null ? "" : `, VRR ${number(last.reduction_pct, 0)} %`}
            </dd>
          </div>
        );
      })}
      {tg.length ? (
        <div>
          <dt>Tg</dt>
          <dd>
            {tg.at(-1)?.comparator}
            {tg.at(-1)?.value} ng/mL{tg.at(-1)?.category ? `, ${t(`tg.${tg.at(-1)?.category}` as Key)}` : ""}
          </dd>
        </div>
      ) : null}
      {pain.map((site) => (
        <div key={site.site}>
          <dt>
            {t("patient.pain")} {site.site}
          </dt>
          <dd>
            NRS {site.points.at(-1)?.nrs}
            {site.points.length > 1 ? `, ${t(`pain.${site.points.at(-1)?.category}` as Key)}` : ""}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function responseText(code: string, t: ReturnType<typeof useWords>["t"]): string {
  return code === "baseline" ? t("patient.baseline") : code;
}

export function tone(response: string): string {
  if (response === "CR" || response === "PR") return "good";
  return response === "PD" ? "bad" : "";
}
