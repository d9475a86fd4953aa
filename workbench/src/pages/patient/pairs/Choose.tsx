/** Which two CTs, and how they are laid on each other. */

import type { ReactNode } from "react";
import { useWords } from "../../../language";
import type { PairCt, PairSeries, Side } from "../../../types/pairs";
import type { DrawnStructure } from "../../../viewer/cuts";
import type { Choice } from "./pairing";
import { useDays } from "./useDays";

interface Props {
  series: PairSeries;
  choice: Choice;
  onChoice: (choice: Choice) => void;
  /** Of the CT before. */
  structures: readonly DrawnStructure[];
  children: ReactNode;
}

export function Choose({ series, choice, onChoice, structures, children }: Props): ReactNode {
  const { t } = useWords();
  const targets = structures.filter((each) => each.role === "target");
  const [before, after] = [choice.before, choice.after].map((name) => series.cts.find((ct) => ct.case === name));
  const oneFrame = before !== after && Boolean(before?.frame_uid) && before?.frame_uid === after?.frame_uid;
  const set = (side: Side) => (name: string) => onChoice({ ...choice, [side]: name, by: "registration", target: "" });
  return (
    <section className="panel stack pair-choose" aria-label={t("pairs.choose")}>
      <h2>{t("pairs.title")}</h2>
      <CtChoice label={t("pairs.before")} cts={series.cts} chosen={choice.before} onChoice={set("before")} />
      <CtChoice label={t("pairs.after")} cts={series.cts} chosen={choice.after} onChoice={set("after")} />
      {series.implants_unsure.length ? <p className="warn small">{t("pairs.unsure", { on: series.implants_unsure.join(", ") })}</p> : null}
      {targets.length > 1 ? (
        <label>
          {t("pairs.lesion")}
          <select value={choice.target} onChange={(event) => onChoice({ ...choice, target: event.target.value })}>
            <option value="">{t("pairs.lesion.any")}</option>
            {targets.map((each) => (
              <option key={each.name}>{each.name}</option>
            ))}
          </select>
        </label>
      ) : null}
      {oneFrame ? (
        <label>
          {t("pairs.by")}
          <select value={choice.by} onChange={(event) => onChoice({ ...choice, by: event.target.value === "frame" ? "frame" : "registration" })}>
            <option value="registration">{t("pairs.by.registration")}</option>
            <option value="frame">{t("pairs.by.frame")}</option>
          </select>
        </label>
      ) : null}
      {children}
    </section>
  );
}

function CtChoice({ label, cts, chosen, onChoice }: { label: string; cts: readonly PairCt[]; chosen: string; onChoice: (name: string) => void }): ReactNode {
  const days = useDays();
  return (
    <label>
      {label}
      <select value={chosen} onChange={(event) => onChoice(event.target.value)}>
        {cts.map((ct) => (
          <option key={ct.case} value={ct.case}>
            {[days.date(ct), ct.series_description || "CT", days.fromImplant(ct)].filter(Boolean).join(" · ")}
          </option>
        ))}
      </select>
    </label>
  );
}
