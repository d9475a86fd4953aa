/** Dose-volume histograms: given solid, planned dashed, with the top-up dotted. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useWords } from "../../language";
import { markDose } from "../../parts/markDose";
import type { DvhCurve } from "../../types/plans";
import type { DoneState, DoseOf } from "../../types/verifications";
import { useThemeName } from "../../theme";
import { sampled } from "../plan/curves";

interface Props {
  dvhs: DoneState["dvhs"];
  prescription_gy: number;
  target: string;
  colours: ReadonlyMap<string, string>;
}

const STATES: readonly DoseOf[] = ["given", "planned", "top_up"];
const DASHES: Record<DoseOf, number[]> = { given: [], planned: [7, 4], top_up: [2, 3] };
const STYLES: Record<DoseOf, string> = { given: "solid", planned: "dashed", top_up: "dotted" };
/** Of the legend below. */
const ROOM_PX = 34;

export function Curves({ dvhs, prescription_gy, target, colours }: Props): ReactNode {
  const { t } = useWords();
  const theme = useThemeName();
  const box = useRef<HTMLDivElement>(null);
  const [organ, setOrgan] = useState("target");
  const names = (dvhs.given ?? []).map((dvh) => dvh.structure);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const style = getComputedStyle(document.documentElement);
    const [ink, line] = [style.getPropertyValue("--soft"), style.getPropertyValue("--line")];
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const shown = STATES.flatMap((state) => curvesOf(dvhs[state], organ).map((curve) => ({ state, curve })));
    const height = (): number => Math.max(120, element.clientHeight - ROOM_PX);
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: height(),
        scales: { x: { time: false }, y: { range: [0, 100] } },
        axes: [
          { ...axis, label: t("plan.doseAxis"), labelSize: 18, size: 34 },
          { ...axis, label: t("plan.volumeAxis"), labelSize: 18, size: 44 },
        ],
        series: [
          { label: "Gy", value: (_: uPlot, value: number | null) => (value == null ? "–" : value.toFixed(1)) },
          ...shown.map(({ state, curve }) => ({
            label: t(`verify.dose.${state}`),
            stroke: colours.get(curve.structure === "target" ? target : curve.structure) ?? ink,
            width: 2,
            dash: DASHES[state],
            value: (_: uPlot, value: number | null) => (value == null ? "–" : `${value.toFixed(1)} %`),
          })),
        ],
        legend: { markers: { dash: (_: uPlot, at: number) => STYLES[shown[at - 1]?.state ?? "given"] } },
        cursor: { drag: { x: false, y: false } },
        hooks: { draw: [(drawn: uPlot) => markDose(drawn, prescription_gy)] },
      },
      sampled(
        shown.map(({ curve }) => curve),
        prescription_gy,
      ) as uPlot.AlignedData,
      element,
    );
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: height() }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [dvhs, organ, prescription_gy, colours, target, t, theme]);

  return (
    <div className="dvh curves">
      <label className="unseen" htmlFor="curve-of">
        {t("verify.curveOf")}
      </label>
      <select id="curve-of" value={organ} onChange={(event) => setOrgan(event.target.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name === "target" ? target : name}
          </option>
        ))}
      </select>
      <div ref={box} role="img" aria-label={t("plan.dvh")} />
    </div>
  );
}

function curvesOf(dvhs: readonly DvhCurve[] | undefined, structure: string): DvhCurve[] {
  return (dvhs ?? []).filter((dvh) => dvh.structure === structure);
}
