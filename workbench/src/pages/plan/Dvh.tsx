/** Dose-volume histograms that follow the mouse. */

import { type ReactNode, useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useWords } from "../../language";
import { markDose } from "../../parts/markDose";
import type { DvhCurve } from "../../types/plans";
import { useThemeName } from "../../theme";
import { sampled } from "./curves";

interface Props {
  dvhs: readonly DvhCurve[];
  prescription_gy: number;
  target: string;
  colours: ReadonlyMap<string, string>;
}

const DASHES = [[], [8, 4], [3, 3], [10, 3, 2, 3], [5, 2]];

export function Dvh({ dvhs, prescription_gy, target, colours }: Props): ReactNode {
  const { t } = useWords();
  const theme = useThemeName();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const names = dvhs.map((dvh) => (dvh.structure === "target" ? target : dvh.structure));
  const key = names.join("\n");
  const data = useMemo(() => sampled(dvhs, prescription_gy), [dvhs, prescription_gy]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const ink = getComputedStyle(document.documentElement).getPropertyValue("--soft");
    const line = getComputedStyle(document.documentElement).getPropertyValue("--line");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const series = key.split("\n").map((name, at) => ({
      label: name,
      stroke: colours.get(name) ?? "#cccccc",
      width: at === 0 ? 2.5 : 1.5,
      dash: DASHES[at % DASHES.length] as number[],
      value: (_: uPlot, value: number | null) => (value == null ? "–" : `${value.toFixed(1)} %`),
    }));
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: Math.max(120, element.clientHeight - 90),
        scales: { x: { time: false }, y: { range: [0, 100] } },
        axes: [
          { ...axis, label: t("plan.doseAxis"), labelSize: 18, size: 34 },
          { ...axis, label: t("plan.volumeAxis"), labelSize: 18, size: 44 },
        ],
        series: [{ label: "Gy", value: (_: uPlot, value: number | null) => (value == null ? "–" : value.toFixed(1)) }, ...series],
        cursor: { drag: { x: false, y: false } },
        hooks: { draw: [(drawn: uPlot) => markDose(drawn, prescription_gy)] },
      },
      [[], ...series.map(() => [])] as unknown as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: Math.max(120, element.clientHeight - 90) }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [key, prescription_gy, colours, t, theme]);

  useEffect(() => {
    plot.current?.setData(data as uPlot.AlignedData);
  }, [data, key, prescription_gy, colours, t, theme]);

  return <div className="dvh" ref={box} role="img" aria-label={t("plan.dvh")} />;
}
