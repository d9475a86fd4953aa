/** A verification with the dose in the planes that are shown, and its running job. */

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import useSWR from "swr";
import { ApiError, get, send, sendFramed } from "../../api";
import type { Job } from "../../types/cases";
import type { DoseOf, DosePlanes, SeedState, VerificationState } from "../../types/verifications";
import type { DrawnStructure } from "../../viewer/cuts";
import { AXES, placeOf, type Point } from "../../viewer/geometry";
import { type Doses, dosesOf, SPACING_MM } from "../plan/usePlan";

const ASKED_EVERY_MS = 2000;

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
  start: (what: "recompute" | "top-up") => Promise<void>;
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

  const judge = useCallback(
    async (seed: number, state: SeedState): Promise<boolean> => {
      setBusy(true);
      try {
        const next = await send<VerificationState>("POST", `/verifications/${name}/judge`, { version: version.current, seed, state });
        await mutate(next, { revalidate: false });
        setProblem(null);
        return true;
      } catch (refused) {
        setProblem(refused);
        if (refused instanceof ApiError && refused.status === 409) await mutate();
        return false;
      } finally {
        setBusy(false);
      }
    },
    [name, mutate],
  );

  const start = useCallback(
    async (what: "recompute" | "top-up"): Promise<void> => {
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
    () => ({ data, error, problem, clearProblem, job, working, busy, judge, start, reload }),
    [data, error, problem, clearProblem, job, working, busy, judge, start, reload],
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

/** Dose in the three planes through the crosshair. */
export function useDose(name: string, run: string, which: DoseOf, crosshair: Point): { dose: Doses; problem: unknown } {
  const [dose, setDose] = useState<Doses>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [x, y, z] = crosshair;
  useEffect(() => {
    const stop = new AbortController();
    const place: Point = [x, y, z];
    const planes = AXES.map((axis) => ({ axis, position_mm: place[placeOf(axis)] }));
    sendFramed<DosePlanes>(`/verifications/${name}/planes`, { dose: which, planes, spacing_mm: SPACING_MM }, stop.signal)
      .then(({ head, values }) => {
        if (stop.signal.aborted) return;
        setDose(dosesOf(head.planes, values));
        setProblem(null);
      })
      .catch((refused: unknown) => {
        if (stop.signal.aborted) return;
        setDose({});
        setProblem(refused);
      });
    return () => stop.abort();
  }, [name, run, which, x, y, z]);
  return { dose, problem };
}
