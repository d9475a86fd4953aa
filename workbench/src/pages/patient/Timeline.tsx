/** What happened to a patient, in lanes; the arrow keys go from one thing to the next. */

import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { type Key, useWords, type Words } from "../../language";
import type { TimelineEntry } from "../../types/clinic";
import { Mark } from "./Mark";
import { LANES, type Lane, layOut, type Placed, ticks } from "./timelineLayout";
import { type Kinds, fieldOf, valueText } from "./useKinds";
import { useWidth } from "./useWidth";

const ROW = 22;
const LEFT = 104;
const FOOT = 22;

export function Timeline({ entries, today, kinds }: { entries: readonly TimelineEntry[]; today: string; kinds: Kinds }): ReactNode {
  const { t, date, say, language } = useWords();
  const [box, width] = useWidth();
  const group = useRef<SVGGElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const layout = useMemo(() => layOut(entries, today), [entries, today]);
  const cycles = layout.placed.filter((each) => each.entry.kind === "cycle");
  const placed = layout.placed.filter((each) => each.entry.kind !== "cycle");
  const tops = topsOf(layout.rows);
  const height = tops.end + FOOT;
  const x = (day: number): number => LEFT + ((day - layout.first) / (layout.last - layout.first)) * Math.max(10, width - LEFT - 16);
  const chosen = at === null ? null : placed[at];

  function walk(event: KeyboardEvent): void {
    const step: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const by = step[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = Math.min(placed.length - 1, Math.max(0, (at ?? -1) + by));
    setAt(next);
    (group.current?.children[next] as SVGGElement | undefined)?.focus();
  }

  if (!entries.length) return <p className="soft">{t("patient.noTimeline")}</p>;
  return (
    <div ref={box} className="timeline">
      <svg width={width} height={height} role="group" aria-label={t("patient.timeline")} onKeyDown={walk}>
        {LANES.map((lane) => (
          <g key={lane}>
            <rect x={0} y={tops[lane]} width={width} height={layout.rows[lane] * ROW} className="lane" />
            <text x={6} y={tops[lane] + 15} className="lane-name">
              {t(`lane.${lane}` as Key)}
            </text>
          </g>
        ))}
        {ticks(layout.first, layout.last).map((tick) => (
          <g key={tick.day}>
            <line x1={x(tick.day)} x2={x(tick.day)} y1={0} y2={tops.end} className="tick" />
            <text x={x(tick.day) + 3} y={height - 7} className="tick-name">
              {tick.text}
            </text>
          </g>
        ))}
        <g aria-hidden="true">
          {cycles.map((each) => (
            <Mark key={each.from} placed={each} x1={x(each.from)} x2={x(each.to)} y={tops.drug + ROW / 2} />
          ))}
        </g>
        <g ref={group}>
          {placed.map((each, index) => (
            <g
              key={index}
              role="img"
              aria-label={sentence(each, { t, date, say, language }, kinds)}
              tabIndex={index === (at ?? 0) ? 0 : -1}
              className={index === at ? "chosen" : undefined}
              onFocus={() => setAt(index)}
              onMouseEnter={() => setAt(index)}
            >
              <rect x={x(each.from) - 7} y={tops[each.lane] + each.row * ROW} width={x(each.to) - x(each.from) + 14} height={ROW} fill="transparent" />
              <Mark placed={each} x1={x(each.from)} x2={x(each.to)} y={tops[each.lane] + each.row * ROW + ROW / 2} />
            </g>
          ))}
        </g>
      </svg>
      <p className="told">{chosen ? <Told placed={chosen} kinds={kinds} cycles={cyclesIn(chosen, cycles)} /> : <span className="soft">{t("patient.timelineHelp")}</span>}</p>
    </div>
  );
}

function topsOf(rows: Record<Lane, number>): Record<Lane, number> & { end: number } {
  let top = 0;
  const tops = {} as Record<Lane, number> & { end: number };
  for (const lane of LANES) {
    tops[lane] = top;
    top += rows[lane] * ROW + 2;
  }
  tops.end = top;
  return tops;
}

/** How many cycles began within a span of the drug. */
function cyclesIn(span: Placed, cycles: readonly Placed[]): number {
  return span.entry.kind === "drug" ? cycles.filter((each) => span.from <= each.from && each.from <= span.to).length : 0;
}

function Told({ placed, kinds, cycles }: { placed: Placed; kinds: Kinds; cycles: number }): ReactNode {
  const { t, date, say, language } = useWords();
  const { entry } = placed;
  const until = entry.until && entry.until !== entry.on ? ` – ${date(entry.until)}` : placed.open ? ` – ${t("patient.goesOn")}` : "";
  return (
    <>
      <strong>{t(`timeline.${entry.kind}` as Key)}</strong> {date(entry.on)}
      {until}
      {detailsOf(entry, kinds, { language, say }).map((each) => ` · ${each}`)}
      {cycles ? ` · ${t("patient.cycles", { count: cycles })}` : ""}
    </>
  );
}

const KIND_OF: Partial<Record<TimelineEntry["kind"], string>> = {
  implant: "implantation",
  drug: "drug dose",
  visit: "visit",
  event: "adverse event",
  progression: "progression",
  death: "death",
  contact: "contact",
};
const LEFT_OUT = new Set(["kind", "on", "until", "course", "rule_ids", "doses"]);

function detailsOf(entry: TimelineEntry, kinds: Kinds, { language, say }: Pick<Words, "language" | "say">): string[] {
  const kind = KIND_OF[entry.kind] ?? "";
  return Object.entries(entry)
    .filter(([name, value]) => !LEFT_OUT.has(name) && value !== null && value !== "" && typeof value !== "object")
    .map(([name, value]) => {
      const field = fieldOf(kinds, kind, name) ?? (name === "drug" ? fieldOf(kinds, "drug course", name) : undefined);
      const shown = valueText(field, value as string | number | boolean, language);
      if (name === "reason" && entry.kind === "image") return say(String(value));
      if (name === "sum_mm") return `${String(value)} mm`;
      if (!field) return shown;
      return `${field.label[language]} ${shown}`;
    });
}

function sentence(placed: Placed, words: Pick<Words, "t" | "date" | "language" | "say">, kinds: Kinds): string {
  const { entry } = placed;
  const days = [words.date(entry.on), entry.until ? words.date(entry.until) : ""];
  return [words.t(`timeline.${entry.kind}` as Key), ...days, ...detailsOf(entry, kinds, words).slice(0, 5)].filter(Boolean).join(", ");
}
