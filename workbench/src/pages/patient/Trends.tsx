/** What was measured again and again: diameters, volumes, thyroglobulin and pain. */

import { type ReactNode, useMemo } from "react";
import { type Key, useWords } from "../../language";
import type { TgPoint, TrendSet } from "../../types/clinic";
import { Curve } from "./Curve";
import type { CurveLine, CurvePoint } from "./curves";
import { responseText } from "./Latest";

export function Trends({ trends }: { trends: TrendSet }): ReactNode {
  const { t, say } = useWords();
  const lines = useMemo(() => linesOf(trends, t, say), [trends, t, say]);
  if (!Object.values(lines).some((each) => each.length)) return <p className="soft">{t("patient.noTrends")}</p>;
  return (
    <div className="curves">
      {lines.diameters.length ? <Curve title={t("patient.sum")} unit="mm" lines={lines.diameters} /> : null}
      {lines.volume.length ? <Curve title={t("patient.volume")} unit="cm³" lines={lines.volume} /> : null}
      {lines.tg.length ? <Curve title="Tg" unit="ng/mL" lines={lines.tg} log note={t("patient.tgSigns")} /> : null}
      {lines.pain.length ? <Curve title={t("patient.painNrs")} unit="0–10" lines={lines.pain} top={10.8} /> : null}
    </div>
  );
}

type T = ReturnType<typeof useWords>["t"];
type Say = (sentence: string) => string;

function linesOf(trends: TrendSet, t: T, say: Say): Record<"diameters" | "volume" | "tg" | "pain", CurveLine[]> {
  return {
    diameters: trends.diameters.map((reader) => ({
      label: reader.reader || t("app.unknown"),
      points: reader.points.map((point) => ({ on: point.on, y: point.sum_mm, text: point.response === "baseline" ? "B" : point.response, told: point.reason ? say(point.reason) : responseText(point.response, t) })),
    })),
    volume: trends.volume.map((lesion) => ({
      label: trends.diameters.length > 1 ? `${lesion.lesion}, ${lesion.reader}` : lesion.lesion,
      points: lesion.points.map((point) => ({
        on: point.on,
        y: point.volume_cc === null ? null : Math.round(point.volume_cc * 100) / 100,
        told: point.category === "baseline" || point.reduction_pct === null ? "" : `VRR ${point.reduction_pct.toFixed(0)} %`,
      })),
    })),
    tg: trends.tg.length ? [{ label: "Tg", points: trends.tg.map((sample) => tgPoint(sample, t, say)) }] : [],
    pain: trends.pain.map((site) => ({ label: site.site || t("patient.pain"), points: site.points.map((point) => ({ on: point.on, y: point.nrs, told: say(point.reason) })) })),
  };
}

/** A sample: its sign beyond the range of the assay, a cross where it cannot be compared, TSH and TgAb in words. */
function tgPoint(sample: TgPoint, t: T, say: Say): CurvePoint {
  const sign = sample.comparator === "<" ? "below" : sample.comparator === ">" ? "above" : sample.category === "not comparable" ? "apart" : undefined;
  const told = [
    sample.tsh === null ? t("patient.noTsh") : `TSH ${sample.tsh} mU/L`,
    sample.tgab === null ? t("patient.noTgab") : `TgAb ${sample.tgab}${sample.tgab_limit === null ? "" : ` (≤ ${sample.tgab_limit})`}`,
    sample.category ? t(`tg.${sample.category}` as Key) : "",
    ...new Set(sample.caveats.map((each) => say(each.text))),
  ];
  return { on: sample.on, y: sample.value > 0 ? sample.value : null, ...(sign ? { sign } : {}), told: told.filter(Boolean).join("; ") };
}
