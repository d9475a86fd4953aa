/** A verification with the dose in the planes that are shown, its seeds under the hand, and its running job. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import useSWR from "swr";
import { ApiError, get, readInt16, send, sendFramed } from "../../api";
import type { Job } from "../../types/cases";
import type { ServerPlane } from "../../types/plans";
import type { DoneState, DoseOf, DosePlanes, LiveState, SeedEdit, SeedState, VerificationState } from "../../types/verifications";
import type { DrawnStructure } from "../../viewer/cuts";
import { AXES, type Geometry, placeOf, type Point } from "../../viewer/geometry";
import { fitting, type Volume } from "../../viewer/volume";
import { type Doses, dosesOf, SPACING_MM } from "../plan/usePlan";
import { withDragged } from "./marks";

const ASKED_EVERY_MS = 2000;

export type Started = "recompute" | "top-up" | "sheets";

export interface VerificationInHand {
  data: VerificationState | undefined;
  error: unknown;
  problem: unknown;
  clearProblem: () => void;
  job: string | null;
  /** Whether that job waits or runs. */
  working: boolean;
  busy: boolean;
  judge: (seed: number, state: SeedState) => Promise<boolean>;
  edit: (edit: SeedEdit) => Promise<boolean>;
  /** Do something that changes the verification on the server and answers with it. */
  change: (path: string, body: Record<string, unknown>) => Promise<boolean>;
  start: (what: Started) => Promise<void>;
  setProblem: (problem: unknown) => void;
  reload: () => Promise<void>;
}

export function useVerification(name: string): VerificationInHand {
  const { data, error, mutate } = useSWR(`/verifications/${name}`, (path: string) => get<VerificationState>(path));
  const [problem, setProblem] = useState<unknown>(null);
  const [started, setStarted] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRunning(data?.case, data?.verification);
  const version = useRef(0);
  version.current = data?.version ?? 0;

  const change = useCallback(
    async (path: string, body: Record<string, unknown>): Promise<boolean> => {
      setBusy(true);
      try {
        const next = await send<VerificationState>("POST", `/verifications/${name}/${path}`, { version: version.current, ...body });
        await mutate(next, { revalidate: false });
        setProblem(null);
        return true;
      } catch (refused) {
        setProblem(refused);
        if (refused instanceof ApiError && (refused.status === 409 || refused.status === 423)) await mutate();
        return false;
      } finally {
        setBusy(false);
      }
    },
    [name, mutate],
  );
  const judge = useCallback((seed: number, state: SeedState) => change("judge", { seed, state }), [change]);
  const edit = useCallback((what: SeedEdit) => change("edits", { edit: what }), [change]);

  const start = useCallback(
    async (what: Started): Promise<void> => {
      try {
        setStarted((await send<Job>("POST", `/verifications/${name}/${what}`)).id);
        setProblem(null);
      } catch (refused) {
        setProblem(refused);
      }
    },
    [name],
  );

  const reload = useCallback(async () => {
    await mutate();
  }, [mutate]);
  const clearProblem = useCallback(() => setProblem(null), []);
  const job = started ?? running;
  const working = useWorking(job);
  return useMemo(
    () => ({ data, error, problem, clearProblem, job, working, busy, judge, edit, change, start, setProblem, reload }),
    [data, error, problem, clearProblem, job, working, busy, judge, edit, change, start, reload],
  );
}

/** How far a job is, asked now and then: what can be started depends on it. */
function useWorking(job: string | null): boolean {
  const { data } = useSWR(job ? `/jobs/${job}` : null, (path: string) => get<Job>(path), {
    refreshInterval: (last) => (isOver(last) ? 0 : ASKED_EVERY_MS),
  });
  return job !== null && !isOver(data);
}

function isOver(job: Job | undefined): boolean {
  return job !== undefined && job.state !== "waiting" && job.state !== "running";
}

/** The job of a verification that was running when the page was opened. */
function useRunning(caseName: string | undefined, name: string | undefined): string | null {
  const { data } = useSWR(caseName && name ? "/jobs" : null, (path: string) => get<{ jobs: (Job & { case: string })[] }>(path), { revalidateOnFocus: false });
  const found = data?.jobs.find(
    (job) => job.kind === "verify" && job.case === caseName && (job.state === "waiting" || job.state === "running"),
  );
  return found?.id ?? null;
}

/** Contours on the CT after implantation, anew after each calculation. */
export function useContours(name: string, run: string): DrawnStructure[] {
  const { data } = useSWR([`/verifications/${name}/structures`, run], ([path]) => get<{ structures: DrawnStructure[] }>(path));
  return useMemo(() => data?.structures ?? [], [data]);
}

const NO_DOSE: Doses = {};

/** Dose in the three planes through the crosshair, of the seeds as they are kept; never that of another choice than the one named. */
export function useDose(name: string, version: string, which: DoseOf, crosshair: Point): { dose: Doses; problem: unknown } {
  const [found, setFound] = useState<{ which: DoseOf; dose: Doses } | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [x, y, z] = crosshair;
  useEffect(() => {
    const stop = new AbortController();
    sendFramed<DosePlanes>(`/verifications/${name}/planes`, { dose: which, ...planesThrough([x, y, z]) }, stop.signal)
      .then(({ head, values }) => {
        if (stop.signal.aborted) return;
        setFound({ which, dose: dosesOf(head.planes, values) });
        setProblem(null);
      })
      .catch((refused: unknown) => {
        if (stop.signal.aborted) return;
        setFound(null);
        setProblem(refused);
      });
    return () => stop.abort();
  }, [name, version, which, x, y, z]);
  return { dose: found?.which === which ? found.dose : NO_DOSE, problem };
}

function planesThrough(place: Point): { planes: { axis: string; position_mm: number }[]; spacing_mm: number } {
  return { planes: AXES.map((axis) => ({ axis, position_mm: place[placeOf(axis)] })), spacing_mm: SPACING_MM };
}

export interface DraggedSeed {
  /** The verification as it is, or as it would be with the seed where it is held. */
  shown: DoneState;
  dose: Doses | null;
  dragging: boolean;
  drag: (seed: number, position_mm: Point, why: string) => void;
  /** Keep it, or give it up. */
  drop: (seed: number, position_mm: Point, why: string) => void;
  cancel: () => void;
}

interface Held {
  seed: number;
  position_mm: Point;
}

/** A seed under the hand: it follows at once, its dose as fast as the server answers, one question at a time. */
export function useDrag(hand: VerificationInHand, state: DoneState, crosshair: Point): DraggedSeed {
  const [held, setHeld] = useState<Held | null>(null);
  const [tried, setTried] = useState<{ live: LiveState; dose: Doses } | null>(null);
  const waiting = useRef<(Held & { why: string }) | null>(null);
  const running = useRef(false);
  /** An answer of an earlier drag is not shown. */
  const drag = useRef(0);
  const place = useRef(crosshair);
  place.current = crosshair;
  const now = useRef(state);
  now.current = state;
  const { edit, setProblem } = hand;

  const follow = useCallback(async (): Promise<void> => {
    if (running.current) return;
    running.current = true;
    while (waiting.current) {
      const next = waiting.current;
      const mine = drag.current;
      waiting.current = null;
      try {
        const body = { version: now.current.version, edit: { kind: "move_seed", ...next }, ...planesThrough(place.current) };
        const path = `/verifications/${now.current.verification}/preview`;
        const { head, values } = await sendFramed<{ state: LiveState; planes: ServerPlane[] }>(path, body);
        if (mine !== drag.current) continue;
        setTried({ live: head.state, dose: dosesOf(head.planes, values) });
        setProblem(null);
      } catch (refused) {
        if (mine === drag.current) setProblem(refused);
      }
    }
    running.current = false;
  }, [setProblem]);

  const end = useCallback(() => {
    waiting.current = null;
    drag.current += 1;
    setHeld(null);
    setTried(null);
  }, []);
  const onDrag = useCallback(
    (seed: number, position_mm: Point, why: string) => {
      setHeld({ seed, position_mm });
      waiting.current = { seed, position_mm, why };
      void follow();
    },
    [follow],
  );
  const drop = useCallback(
    (seed: number, position_mm: Point, why: string) => {
      waiting.current = null;
      setHeld({ seed, position_mm });
      void edit({ kind: "move_seed", seed, position_mm, why }).then(end);
    },
    [edit, end],
  );
  const shown = useMemo(() => {
    const moved = withDragged(state, held);
    return tried ? { ...moved, ...tried.live, localisation: null, metrics: { ...state.metrics, ...tried.live.metrics } } : moved;
  }, [state, held, tried]);
  return useMemo(
    () => ({ shown, dose: tried?.dose ?? null, dragging: held !== null, drag: onDrag, drop, cancel: end }),
    [shown, tried, held, onDrag, drop, end],
  );
}

/** Let the server lay out what a first drag needs, so that it does not wait. */
export function useReady(name: string, version: number, may: boolean): void {
  useEffect(() => {
    if (!may) return;
    const stop = new AbortController();
    sendFramed(`/verifications/${name}/preview`, { version }, stop.signal).catch(() => undefined); // the first drag says what is wrong
    return () => stop.abort();
    // once, when the page opens
  }, [name, may]);
}

/** The planning CT voxel by voxel as it lies on the CT after implantation. */
export function usePlanningCt(name: string, run: string, geometry: Geometry): { volume: Volume | null; error: unknown } {
  const { data, error } = useSWR([`/verifications/${name}/planning-ct`, run], ([path]) => readInt16(path), { revalidateOnFocus: false });
  return useMemo(() => {
    try {
      return { volume: data ? { geometry, hu: fitting(data, geometry) } : null, error: error as unknown };
    } catch (unfit) {
      return { volume: null, error: unfit };
    }
  }, [data, geometry, error]);
}
