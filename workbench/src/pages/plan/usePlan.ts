/** A plan with the dose in the planes that are shown; drags are previewed, edits are kept. */

import { useCallback, useEffect, useRef, useState } from "react";
import useSWR from "swr";
import { ApiError, get, send, sendFramed } from "../../api";
import type { Edit, PlanState, ServerPlane } from "../../types/plans";
import { AXES, type Axis, placeOf, type Point } from "../../viewer/geometry";
import type { DosePlane } from "../../viewer/isolines";

export type Doses = Partial<Record<Axis, DosePlane>>;

export interface PlanInHand {
  plan: PlanState | undefined;
  /** What is shown: the plan, or what it would be while something is dragged. */
  shown: PlanState | undefined;
  dose: Doses;
  busy: boolean;
  problem: unknown;
  clearProblem: () => void;
  edit: (edit: Edit) => Promise<boolean>;
  preview: (edit: Edit) => void;
  take: (next: PlanState) => void;
  reload: () => Promise<void>;
}

export const SPACING_MM = 1;

export function usePlan(name: string, crosshair: Point | undefined): PlanInHand {
  const { data, error, mutate } = useSWR(`/plans/${name}`, (path: string) => get<PlanState>(path));
  const [trial, setTrial] = useState<PlanState | null>(null);
  const [dose, setDose] = useState<Doses>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const waiting = useRef<Edit | null>(null);
  const running = useRef(false);
  const place = useRef(crosshair);
  place.current = crosshair;

  const asked = useCallback(
    () => AXES.map((axis) => ({ axis, position_mm: place.current?.[placeOf(axis)] ?? 0 })),
    [],
  );

  const [x, y, z] = crosshair ?? [0, 0, 0];
  const version = data?.version;
  useEffect(() => {
    if (version === undefined || running.current) return;
    const stop = new AbortController();
    sendFramed<{ planes: ServerPlane[] }>(`/plans/${name}/planes`, { planes: asked(), spacing_mm: SPACING_MM }, stop.signal)
      .then(({ head, values }) => setDose(dosesOf(head.planes, values)))
      .catch((refused: unknown) => {
        if (!stop.signal.aborted) setProblem(refused);
      });
    return () => stop.abort();
  }, [name, version, x, y, z, asked]);

  /** One preview at a time; of those that come meanwhile only the last counts. */
  const preview = useCallback(
    (edit: Edit) => {
      waiting.current = edit;
      if (running.current) return;
      running.current = true;
      const run = async (): Promise<void> => {
        while (waiting.current) {
          const next = waiting.current;
          waiting.current = null;
          try {
            const { head, values } = await sendFramed<{ state: PlanState; planes: ServerPlane[] }>(`/plans/${name}/preview`, {
              edit: next,
              planes: asked(),
              spacing_mm: SPACING_MM,
            });
            setTrial(head.state);
            setDose(dosesOf(head.planes, values));
            setProblem(null);
          } catch (refused) {
            setProblem(refused);
          }
        }
        running.current = false;
      };
      void run();
    },
    [name, asked],
  );

  const edit = useCallback(
    async (what: Edit): Promise<boolean> => {
      if (!data) return false;
      waiting.current = null;
      setBusy(true);
      try {
        const next = await send<PlanState>("POST", `/plans/${name}/edits`, { version: data.version, edit: what });
        await mutate(next, { revalidate: false });
        setProblem(null);
        return true;
      } catch (refused) {
        setProblem(refused);
        if (refused instanceof ApiError && refused.status === 409) await mutate();
        return false;
      } finally {
        setTrial(null);
        setBusy(false);
      }
    },
    [data, mutate, name],
  );

  return {
    plan: data,
    shown: trial ?? data,
    dose,
    busy,
    problem: problem ?? error,
    clearProblem: () => setProblem(null),
    edit,
    preview,
    take: (next) => void mutate(next, { revalidate: false }),
    reload: async () => {
      await mutate();
    },
  };
}

/** Part the values among the planes. */
export function dosesOf(planes: readonly ServerPlane[], values: Float32Array): Doses {
  const found: Doses = {};
  let from = 0;
  for (const plane of planes) {
    const count = plane.columns * plane.rows;
    const { origin_mm, spacing_mm, columns, rows } = plane;
    found[plane.axis] = { origin_mm, spacing_mm, columns, rows, dose_gy: values.subarray(from, from + count) };
    from += count;
  }
  return found;
}
