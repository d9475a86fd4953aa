/** What the isodose lines or the colours of the wash stand for: percent of the prescription, and Gy. */

import type { ReactNode } from "react";
import { useWords } from "../language";
import { gyText, legendRows } from "./doseScale";
import type { Overlay } from "./SliceView";
import { useView, type ViewStore } from "./viewState";

interface Props {
  prescription_gy: number;
  kind: "lines" | "wash";
  /** Whose dose it is, where there are several. */
  name?: string | undefined;
}

export function DoseLegend({ prescription_gy, kind, name }: Props): ReactNode {
  const { t } = useWords();
  return (
    <div className="dose-legend">
      <p>
        {name ? `${name}, ` : ""}
        {t("view.legend.of", { dose: gyText(prescription_gy) })}
      </p>
      <ul aria-label={t(`view.dose.${kind}`)}>
        {legendRows(kind, prescription_gy).map(({ colour, pct, gy }) => (
          <li key={pct}>
            <span className={kind} style={{ background: colour }} aria-hidden="true" />
            <span>{pct} %</span>
            <span>{gy} Gy</span>
          </li>
        ))}
      </ul>
      {kind === "wash" ? <p>{t("view.legend.below")}</p> : null}
    </div>
  );
}

/** The legend of what a plane of a viewer shows; none where it shows no dose. */
export function PlaneLegend({ view, overlay }: { view: ViewStore; overlay: Overlay }): ReactNode {
  const { showDose } = useView(view);
  if (showDose === "none" || !(overlay.prescription_gy > 0) || !Object.keys(overlay.dose).length) return null;
  return <DoseLegend prescription_gy={overlay.prescription_gy} kind={showDose} name={overlay.dose_name} />;
}
