/** One picture of curves over time, with letters and signs at the points, and all numbers in a table. */

import { type ReactNode, useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useWords } from "../../language";
import { Scrolled } from "../../parts/Scrolled";
import { useThemeName } from "../../theme";
import { aligned, type CurveLine, type CurvePoint, decades, fromZero, secondsOf } from "./curves";

interface Props {
  title: string;
  unit: string;
  lines: readonly CurveLine[];
  log?: boolean;
  top?: number;
  note?: string;
}

const HEIGHT = 190;
const INKS = ["--accent", "--warn", "--good", "--bad"];
const DASHES = [[], [6, 4], [2, 3], [10, 3, 2, 3]];

export function Curve({ title, unit, lines, log = false, top, note }: Props): ReactNode {
  const { t, date } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const theme = useThemeName();

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const data = aligned(lines);
    const values = data.slice(1).flat();
    const ink = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: ink("--soft"), grid: { stroke: ink("--line"), width: 1 }, ticks: { stroke: ink("--line"), width: 1 } };
    const range: [number, number] = log ? decades(values) : top ? [0, top] : fromZero(values);
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: { x: { time: true, range: (_, from, to) => roomy(from, to) }, y: { distr: log ? 3 : 1, range: () => range } },
      axes: [
        { ...axis, size: 30, values: (_, splits) => splits.map((each) => new Date(each * 1000).toISOString().slice(0, 7)), space: 70 },
        { ...axis, size: log ? 62 : 48, values: (_, splits) => splits.map((each) => axisText(each, log)) },
      ],
      series: [
        {},
        ...lines.map((line, at) => ({
          label: line.label,
          stroke: ink(INKS[at % INKS.length] as string),
          width: 2,
          dash: DASHES[at % DASHES.length] as number[],
          spanGaps: true,
          points: { show: true, size: 6, fill: ink("--panel") },
        })),
      ],
      hooks: { draw: [(plot) => lines.forEach((line, at) => drawSigns(plot, line.points, ink(INKS[at % INKS.length] as string), ink("--ink")))] },
    };
    const made = new uPlot(options, data as uPlot.AlignedData, element);
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [lines, log, top, theme]);

  return (
    <figure className="curve">
      <figcaption>
        {title} <span className="soft">[{unit}]</span>
        {lines.length > 1 ? lines.map((line, at) => <Sample key={line.label} label={line.label} at={at} />) : null}
      </figcaption>
      <div ref={box} role="img" aria-label={title} />
      {note ? <p className="soft small">{note}</p> : null}
      <details>
        <summary>{t("patient.numbers")}</summary>
        <Scrolled name={`${title}, ${t("patient.numbers")}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("patient.date")}</th>
                <th scope="col">
                  {title} [{unit}]
                </th>
                <th scope="col">{t("patient.about")}</th>
              </tr>
            </thead>
            <tbody>
              {lines.flatMap((line) =>
                line.points.map((point) => (
                  <tr key={`${line.label} ${point.on}`}>
                    <td>{date(point.on)}</td>
                    <td>
                      {point.sign === "below" ? "<" : point.sign === "above" ? ">" : ""}
                      {point.y ?? "–"}
                    </td>
                    <td>{[lines.length > 1 ? line.label : "", point.text, point.told].filter(Boolean).join("; ")}</td>
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </Scrolled>
      </details>
    </figure>
  );
}

function Sample({ label, at }: { label: string; at: number }): ReactNode {
  return (
    <span className="sample">
      <svg width={26} height={8} aria-hidden="true">
        <line x1={0} x2={26} y1={4} y2={4} stroke={`var(${INKS[at % INKS.length]})`} strokeWidth={2} strokeDasharray={(DASHES[at % DASHES.length] as number[]).join(" ")} />
      </svg>{" "}
      {label}
    </span>
  );
}

/** Whole powers of ten alone on a logarithmic axis. */
function axisText(value: number | null, log: boolean): string {
  if (value === null || (log && Math.abs(Math.log10(value) - Math.round(Math.log10(value))) > 1e-9)) return "";
  return String(Number(value.toPrecision(6)));
}

function roomy(from: number, to: number): [number, number] {
  const room = Math.max(30 * 86_400, (to - from) * 0.04);
  return [from - room, to + room];
}

/** Letters above points; a triangle that points down below detection, up above the range, a cross apart. */
function drawSigns(plot: uPlot, points: readonly CurvePoint[], ink: string, text: string): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 2 * ratio;
  ctx.strokeStyle = ink;
  ctx.fillStyle = text;
  ctx.font = `${11 * ratio}px "Segoe UI", "DejaVu Sans", sans-serif`;
  ctx.textAlign = "center";
  let before = -Infinity;
  for (const point of points) {
    if (point.y === null) continue;
    const x = plot.valToPos(secondsOf(point.on), "x", true);
    const y = plot.valToPos(point.y, "y", true);
    if (point.sign) sign(ctx, x, y, 7 * ratio, point.sign);
    if (point.text && x - before > 15 * ratio) {
      ctx.fillText(point.text, x, y - 9 * ratio);
      before = x;
    }
  }
  ctx.restore();
}

function sign(ctx: CanvasRenderingContext2D, x: number, y: number, size: number, which: NonNullable<CurvePoint["sign"]>): void {
  ctx.beginPath();
  if (which === "apart") {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
  } else {
    const tip = which === "below" ? size : -size;
    ctx.moveTo(x - size, y - tip);
    ctx.lineTo(x + size, y - tip);
    ctx.lineTo(x, y + tip);
    ctx.closePath();
  }
  ctx.stroke();
}
