/** The CT as a needle goes through it: across at a depth, seen from its entry, or along its whole way. */

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { call, sendFramed } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { Edit, ObliqueAsked, PlanNeedle, PlanState } from "../../types/plans";
import type { DrawnStructure } from "../../viewer/cuts";
import { DoseLegend } from "../../viewer/DoseLegend";
import type { Isoline } from "../../viewer/isolines";
import { useView, type ViewStore } from "../../viewer/viewState";
import { type Look, outlinesIn, planeOf } from "./eye";
import { doseLines, paintEye } from "./eyePainting";
import { depthOf, lengthOf } from "./needles";

interface Props {
  plan: PlanState;
  /** The edit that is being tried while something is dragged. */
  tried: Edit | null;
  needle: PlanNeedle | undefined;
  structures: readonly DrawnStructure[];
  view: ViewStore;
  sliceStep_mm: number;
}

/** A plane and the CT in it; they belong together. */
export interface EyePicture {
  plane: ObliqueAsked;
  hu: Int16Array;
}

export function NeedleEye({ plan, tried, needle, structures, view, sliceStep_mm }: Props): ReactNode {
  const { t, number } = useWords();
  const [look, setLook] = useState<Look>("across");
  const [depth, setDepth] = useState<number | null>(null);
  if (!needle) return <p className="eye-empty soft">{t("plan.eye.choose")}</p>;
  const length = lengthOf(needle);
  const seeds = needle.seeds.map((seed) => plan.seeds[seed]).filter((seed) => seed !== undefined);
  const middle = seeds.reduce((sum, seed) => sum + depthOf(needle, seed), 0) / (seeds.length || 1);
  const at = Math.min(depth ?? (seeds.length ? Math.round(2 * middle) / 2 : length), length);
  return (
    <div className="eye">
      <EyeCanvas plan={plan} tried={tried} needle={needle} look={look} depth={at} structures={structures} view={view} sliceStep_mm={sliceStep_mm} />
      <div className="row eye-tools">
        <strong>{needle.name}</strong>
        <div className="switch" role="group" aria-label={t("plan.eye.look")}>
          {(["across", "along"] as const).map((each) => (
            <button key={each} type="button" aria-pressed={look === each} onClick={() => setLook(each)}>
              {t(`plan.eye.${each}`)}
            </button>
          ))}
        </div>
        {look === "across" ? (
          <label className="eye-depth">
            {t("plan.eye.depth", { mm: number(at), length: number(length) })}
            <input type="range" min={0} max={length} step={0.5} value={at} onChange={(event) => setDepth(Number(event.target.value))} />
          </label>
        ) : null}
      </div>
    </div>
  );
}

interface CanvasProps extends Omit<Props, "needle"> {
  needle: PlanNeedle;
  look: Look;
  depth: number;
}

function EyeCanvas({ plan, tried, needle, look, depth, structures, view, sliceStep_mm }: CanvasProps): ReactNode {
  const { t } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { window, showDose, showSeeds, showStructures } = useView(view);
  const key = JSON.stringify([needle.entry_mm, needle.tip_mm, look, look === "across" ? depth : 0]);
  const plane = useMemo(() => planeOf(needle.entry_mm, needle.tip_mm, depth, look), [key]);
  const { picture, problem } = usePicture(plan.case, plane);
  const lines = useDoseLines(plan, plane, tried, showDose === "none");
  const outlines = useMemo(
    () => structures.map((each) => ({ colour: each.colour, lines: outlinesIn(each, plane, sliceStep_mm) })),
    [structures, plane, sliceStep_mm],
  );
  const size = useSize(canvas);

  useEffect(() => {
    if (!canvas.current || !picture || !size[0]) return;
    const over = {
      outlines: showStructures ? outlines : [],
      isolines: lines && samePlane(lines.plane, picture.plane) ? lines.found : [],
      prescription_gy: plan.prescription_gy,
      seeds: showSeeds ? plan.seeds : [],
      needles: showSeeds ? plan.needles : [],
      chosen: needle.index,
    };
    const waiting = requestAnimationFrame(() => canvas.current && paintEye(canvas.current, size, picture, window, over));
    return () => cancelAnimationFrame(waiting);
  }, [picture, size, window, outlines, lines, plan, needle.index, showSeeds, showStructures]);

  return (
    <>
      <canvas ref={canvas} role="img" aria-label={`${needle.name}, ${t(`plan.eye.${look}`)}`} />
      {lines ? <DoseLegend prescription_gy={plan.prescription_gy} kind="lines" /> : null}
      {problem ? <Trouble error={problem} /> : null}
    </>
  );
}

function useSize(canvas: React.RefObject<HTMLCanvasElement | null>): [number, number] {
  const [size, setSize] = useState<[number, number]>([0, 0]);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setSize([element.clientWidth, element.clientHeight]));
    watch.observe(element);
    return () => watch.disconnect();
  }, [canvas]);
  return size;
}

/** The CT in a plane; while a newer one is on its way the older stays, in its own place. */
function usePicture(caseName: string, plane: ObliqueAsked): { picture: EyePicture | null; problem: unknown } {
  const [picture, setPicture] = useState<EyePicture | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    const stop = new AbortController();
    call(`/cases/${caseName}/oblique`, { method: "POST", body: plane, signal: stop.signal })
      .then(async (answer) => {
        setPicture({ plane, hu: new Int16Array(await answer.arrayBuffer()) });
        setProblem(null);
      })
      .catch((refused: unknown) => {
        if (!stop.signal.aborted) setProblem(refused);
      });
    return () => stop.abort();
  }, [caseName, plane]);
  return { picture, problem };
}

interface Lines {
  plane: ObliqueAsked;
  found: Isoline[];
}

interface Question {
  plane: ObliqueAsked;
  path: string;
  body: Record<string, unknown>;
}

/** Isodose lines of the plan, or of what it would be: one question at a time, and of those that wait only the last counts. */
function useDoseLines(plan: PlanState, plane: ObliqueAsked, tried: Edit | null, none: boolean): Lines | null {
  const [lines, setLines] = useState<Lines | null>(null);
  const waiting = useRef<Question | null>(null);
  const running = useRef(false);
  const gone = useRef(false);
  const edit = tried ? JSON.stringify(tried) : "";

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  useEffect(() => {
    if (none || !plan.seed_count) {
      waiting.current = null;
      setLines(null);
      return;
    }
    const coarse = { ...plane, spacing_mm: plane.spacing_mm * 2, shape: plane.shape.map((count) => Math.ceil(count / 2)) };
    const path = `/plans/${plan.plan}/${edit ? "preview" : "planes"}`;
    waiting.current = { plane, path, body: edit ? { edit: JSON.parse(edit) as Edit, planes: [coarse] } : { planes: [coarse] } };
    if (running.current) return;
    running.current = true;
    const run = async (): Promise<void> => {
      while (waiting.current && !gone.current) {
        const asked = waiting.current;
        waiting.current = null;
        try {
          const { values } = await sendFramed(asked.path, asked.body);
          const [rows, columns] = asked.plane.shape.map((count) => Math.ceil(count / 2)) as [number, number];
          const dose = { origin_mm: [0, 0] as [number, number], spacing_mm: asked.plane.spacing_mm * 2, columns, rows, dose_gy: values };
          if (!gone.current) setLines({ plane: asked.plane, found: doseLines(dose, plan.prescription_gy) });
        } catch {
          if (!gone.current) setLines(null); // the plan's own planes say what is wrong; no line is drawn here
        }
      }
      running.current = false;
    };
    void run();
  }, [plan.plan, plan.version, plan.prescription_gy, plan.seed_count, plane, edit, none]);
  return lines;
}

function samePlane(one: ObliqueAsked, other: ObliqueAsked): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
