/** A plan with the dose in the planes that are shown; drags are previewed, edits are kept. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import useSWR from "swr";
import { ApiError, get, send, sendFramed } from "../../api";
import type { Edit, PlanChange, PlanState, ServerPlane } from "../../types/plans";
import { AXES, type Axis, placeOf, type Point } from "../../viewer/geometry";
import type { DosePlane } from "../../viewer/isolines";
import { changed } from "./changes";

export type Doses = Partial<Record<Axis, DosePlane>>;

export interface PlanInHand {
  plan: PlanState | undefined;
  /** What is shown: the plan, or what it would be while something is dragged. */
  shown: PlanState | undefined;
  /** Whether what is shown is not kept. */
  trying: boolean;
  /** The edit that makes what is shown of what is kept. */
  tried: Edit | null;
  dose: Doses;
  busy: boolean;
  problem: unknown;
  /** Forget the problem and ask for the plan and its dose again. */
  retry: () => void;
  edit: (edit: Edit) => Promise<boolean>;
  preview: (edit: Edit) => void;
  /** Give up what is dragged: the plan is shown as it is kept. */
  cancel: () => void;
  /** Do something that changes the plan on the server and answers with it. */
  change: (path: string, body: Record<string, unknown>) => Promise<boolean>;
  reload: () => Promise<void>;
}

export const SPACING_MM = 1;

export function usePlan(name: string, crosshair: Point | undefined): PlanInHand {
  const { data, error, mutate } = useSWR(`/plans/${name}`, (path: string) => get<PlanState>(path));
  const [trial, setTrial] = useState<{ plan: PlanState; edit: Edit } | null>(null);
  const [dose, setDose] = useState<Doses>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  /** Counts up when the dose that is shown may be that of a preview which was not kept. */
  const [stale, setStale] = useState(0);
  const waiting = useRef<Edit | null>(null);
  const dragged = useRef<Edit | null>(null);
  /** A preview that belongs to an earlier drag is not shown. */
  const drag = useRef(0);
  const running = useRef(false);
  const place = useRef(crosshair);
  place.current = crosshair;
  const plan = useRef(data);
  plan.current = data;

  const asked = useCallback(
    () => AXES.map((axis) => ({ axis, position_mm: place.current?.[placeOf(axis)] ?? 0 })),
    [],
  );

  /** One preview at a time; of those that come meanwhile only the last counts. */
  const preview = useCallback(
    (edit: Edit) => {
      waiting.current = edit;
      dragged.current = edit;
      if (running.current) return;
      running.current = true;
      const run = async (): Promise<void> => {
        while (waiting.current) {
          const next = waiting.current;
          const mine = drag.current;
          waiting.current = null;
          try {
            const body = { edit: next, planes: asked(), spacing_mm: SPACING_MM };
            const { head, values } = await sendFramed<{ state: PlanChange; planes: ServerPlane[] }>(`/plans/${name}/preview`, body);
            const tried = plan.current ? changed(plan.current, head.state) : null;
            if (mine !== drag.current) continue;
            if (tried) {
              setTrial({ plan: tried, edit: next });
              setDose(dosesOf(head.planes, values));
              setProblem(null);
            } else await mutate();
          } catch (refused) {
            if (mine === drag.current) setProblem(refused);
          }
        }
        running.current = false;
      };
      void run();
    },
    [name, asked, mutate],
  );

  const [x, y, z] = crosshair ?? [0, 0, 0];
  const version = data?.version;
  useEffect(() => {
    if (version === undefined) return;
    if (dragged.current) {
      preview(dragged.current);
      return;
    }
    const stop = new AbortController();
    sendFramed<{ planes: ServerPlane[] }>(`/plans/${name}/planes`, { planes: asked(), spacing_mm: SPACING_MM }, stop.signal)
      .then(({ head, values }) => {
        if (!dragged.current && !stop.signal.aborted) setDose(dosesOf(head.planes, values));
      })
      .catch((refused: unknown) => {
        if (!stop.signal.aborted) setProblem(refused);
      });
    return () => stop.abort();
  }, [name, version, stale, x, y, z, asked, preview]);

  const change = useCallback(
    async (path: string, body: Record<string, unknown>): Promise<boolean> => {
      const before = plan.current;
      if (!before) return false;
      waiting.current = null;
      dragged.current = null;
      drag.current += 1;
      setBusy(true);
      try {
        const next = await send<PlanState>("POST", `/plans/${name}/${path}`, { ...body, version: before.version });
        await mutate(next, { revalidate: false });
        setProblem(null);
        return true;
      } catch (refused) {
        setProblem(refused);
        setStale((count) => count + 1);
        if (refused instanceof ApiError && (refused.status === 409 || refused.status === 423)) await mutate();
        return false;
      } finally {
        setTrial(null);
        setBusy(false);
      }
    },
    [mutate, name],
  );
  const edit = useCallback((what: Edit) => change("edits", { edit: what }), [change]);
  const cancel = useCallback(() => {
    waiting.current = null;
    dragged.current = null;
    drag.current += 1;
    setTrial(null);
    setStale((count) => count + 1);
  }, []);
  const retry = useCallback(() => {
    setProblem(null);
    setStale((count) => count + 1);
    void mutate();
  }, [mutate]);
  const reload = useCallback(async () => {
    await mutate();
  }, [mutate]);

  const faults = problem ?? error;
  return useMemo(
    () => ({
      plan: data,
      shown: trial?.plan ?? data,
      trying: trial !== null,
      tried: trial?.edit ?? null,
      dose,
      busy,
      problem: faults,
      retry,
      edit,
      preview,
      cancel,
      change,
      reload,
    }),
    [data, trial, dose, busy, faults, retry, edit, preview, cancel, change, reload],
  );
}

/** Part the values among the planes. */
export function dosesOf(planes: readonly ServerPlane[], values: Float32Array): Doses {
  const found: Doses = {};
  let from = 0;
  for (const plane of planes) {
    const count = plane.columns * plane.rows;
    const { position_mm, origin_mm, spacing_mm, columns, rows } = plane;
    found[plane.axis] = { position_mm, origin_mm, spacing_mm, columns, rows, dose_gy: values.subarray(from, from + count) };
    from += count;
  }
  return found;
}
