/** The sign of one thing on the time line: told by its form and letters, not by colour alone. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { Placed } from "./timelineLayout";

interface Props {
  placed: Placed;
  x1: number;
  x2: number;
  y: number;
}

export function Mark({ placed, x1, x2, y }: Props): ReactNode {
  const { entry } = placed;
  const { t } = useWords();
  switch (entry.kind) {
    case "implant":
      return <Labelled x={x1} y={y} tone="accent" path={`M${x1} ${y - 7}l7 7l-7 7l-7 -7z`} text={entry["seeds_implanted"] == null ? "" : t("plans.seeds", { count: num(entry["seeds_implanted"]) })} />;
    case "drug":
      return <Bar placed={placed} x1={x1} x2={x2} y={y} half={4 + Math.min(4, Number(entry["dose_mg"] ?? 8) / 3)} text={entry["dose_mg"] == null ? "" : `${num(entry["dose_mg"])} mg`} off={entry["dose_mg"] === 0} />;
    case "drug end":
      return <path d={`M${x1} ${y - 9}v18m-3 0h6m-6 -18h6`} className="mark-line bad" />;
    case "cycle":
      return <path d={`M${x1} ${y + 4}v6`} className="mark-line" />;
    case "event":
      return <Bar placed={placed} x1={x1} x2={x2} y={y} half={6} text={`${num(entry["grade"])}`} tone={Number(entry["grade"]) >= 3 ? "bad" : "warn"} />;
    case "image":
      return <Response x={x1} y={y} response={String(entry["response"])} />;
    case "progression":
      return <Labelled x={x1} y={y} tone="bad" path={`M${x1} ${y - 7}l7 13h-14z`} text={entry["where"] === "distant" ? "D" : entry["where"] === "local" ? "L" : "LD"} />;
    case "death":
      return <path d={`M${x1 - 6} ${y - 6}l12 12m0 -12l-12 12`} className="mark-line thick" />;
    case "contact":
      return <circle cx={x1} cy={y} r={4} className="mark hollow" />;
    default:
      return <circle cx={x1} cy={y} r={4.5} className="mark accent" />;
  }
}

function num(value: unknown): string {
  return typeof value === "number" ? String(value) : "";
}

function Labelled({ x, y, path, text, tone }: { x: number; y: number; path: string; text: string; tone: string }): ReactNode {
  return (
    <>
      <path d={path} className={`mark ${tone}`} />
      <text x={x + 10} y={y + 4} className="mark-text">
        {text}
      </text>
    </>
  );
}

function Bar({ placed, x1, x2, y, half, text, tone = "accent", off = false }: Props & { half: number; text: string; tone?: string; off?: boolean }): ReactNode {
  const width = Math.max(5, x2 - x1);
  return (
    <>
      <rect x={x1} y={y - half} width={width} height={2 * half} rx={2} className={`mark ${off ? "hollow dashed" : tone}`} />
      {placed.open ? <path d={`M${x1 + width} ${y - half}l5 ${half}l-5 ${half}`} className={`mark ${tone}`} /> : null}
      {width > 8 * text.length + 4 || placed.lane === "events" ? (
        <text x={placed.lane === "events" && width <= 12 ? x1 + width + 3 : x1 + 4} y={y + 4} className={width > 12 && !off ? "mark-text on" : "mark-text"}>
          {text}
        </text>
      ) : null}
    </>
  );
}

function Response({ x, y, response }: { x: number; y: number; response: string }): ReactNode {
  const tone = response === "CR" || response === "PR" ? "good" : response === "PD" ? "bad" : "plain";
  const text = response === "baseline" ? "B" : response;
  return (
    <>
      <rect x={x - 10} y={y - 8} width={20} height={16} rx={3} className={`mark ${tone}`} />
      <text x={x} y={y + 4} textAnchor="middle" className={`mark-text ${tone === "plain" ? "" : "on"}`}>
        {text}
      </text>
    </>
  );
}
