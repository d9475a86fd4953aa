/** A pair of CTs from the server: how it matches, the CT after on the voxels of the CT before, contours, PET. */

import { useCallback, useEffect, useMemo, useState } from "react";
import useSWR, { type SWRResponse } from "swr";
import { call, get, readInt16, send } from "../../../api";
import type { DonePair, PairSections, PairState, Side } from "../../../types/pairs";
import type { Job } from "../../../types/cases";
import type { Geometry, Point } from "../../../viewer/geometry";
import type { PetVolume } from "../../../viewer/pet";
import { fitting, NOTHING, type Volume } from "../../../viewer/volume";
import { type Choice, highestOf, queryOf } from "./pairing";

export interface PairInHand {
  pair: PairState | undefined;
  error: unknown;
  /** The job that lays them on each other, or that failed to. */
  job: string | null;
  /** Whether it is at work. */
  working: boolean;
  /** It ended without a result. */
  ended: () => void;
  start: (again?: boolean) => Promise<void>;
  problem: unknown;
  reload: () => Promise<void>;
}

export function usePair(place: string, choice: Choice): PairInHand {
  const { data, error, mutate } = useSWR(`${place}?${queryOf(choice)}`, (path: string) => get<PairState>(path));
  const [started, setStarted] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [over, setOver] = useState(false);
  const key = queryOf(choice);
  useEffect(() => {
    setStarted(null);
    setProblem(null);
    setOver(false);
  }, [key]);
  const start = useCallback(
    async (again = false): Promise<void> => {
      setProblem(null);
      try {
        const answer = await send<{ state: string; job: Job | null }>("POST", place, { ...choice, again });
        setOver(false);
        setStarted(answer.job?.id ?? null);
        if (!answer.job) await mutate();
      } catch (refused) {
        setProblem(refused);
      }
    },
    [place, key],
  );
  const reload = useCallback(async (): Promise<void> => {
    setStarted(null);
    await mutate();
  }, [mutate]);
  const job = started ?? (data?.state === "none" ? (data.job?.id ?? null) : null);
  return { pair: data, error, job, working: job !== null && !over, ended: () => setOver(true), start, problem, reload };
}

function halvesOf(values: Int16Array): [Int16Array, Int16Array] {
  return [values.subarray(0, values.length / 2), values.subarray(values.length / 2)];
}

interface PlaneHead {
  index: number;
  shape: [number, number];
}

/** The CT after: first the plane that is looked at, then the whole. */
export function useAfter(place: string, choice: Choice, pair: DonePair, geometry: Geometry, first_mm: Point): { after: Volume | null; whole: boolean; error: unknown } {
  const [after, setAfter] = useState<Volume | null>(null);
  const [whole, setWhole] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = `${queryOf(choice)} ${pair.matched_at} ${geometry.shape.join()}`;
  useEffect(() => {
    const stop = new AbortController();
    setAfter(null);
    setWhole(false);
    setError(null);
    const load = async (): Promise<void> => {
      const [nz, ny, nx] = geometry.shape;
      const hu = new Int16Array(nz * ny * nx).fill(NOTHING);
      const path = `${place}/plane?${queryOf(choice, { position_mm: first_mm[2] })}`;
      const octets = await (await call(path, { signal: stop.signal })).arrayBuffer();
      const length = new DataView(octets).getUint32(0, true);
      const head = JSON.parse(new TextDecoder().decode(new Uint8Array(octets, 4, length))) as PlaneHead;
      const [before, plane] = halvesOf(new Int16Array(octets, 4 + length));
      fitting({ shape: [1, ...head.shape], values: before, headers: new Headers() }, { ...geometry, shape: [1, ny, nx] });
      hu.set(plane, head.index * ny * nx);
      setAfter({ geometry, hu });
      const all = await readInt16(`${place}/volume?${queryOf(choice)}`, stop.signal);
      setAfter({ geometry, hu: fitting(all, geometry) });
      setWhole(true);
    };
    load().catch((problem: unknown) => {
      if (!stop.signal.aborted) setError(problem);
    });
    return () => stop.abort();
    // geometry and first place belong to the pair
  }, [place, key]);
  return { after, whole, error };
}

export function useSections(place: string, choice: Choice, pair: DonePair): { sections: PairSections | undefined; error: unknown } {
  const { data, error } = useSWR([`${place}/structures?${queryOf(choice)}`, pair.matched_at], ([path]: [string, string]) => get<PairSections>(path));
  return { sections: data, error };
}

export type Pets = Partial<Record<Side, PetVolume>>;

export interface PetsInHand {
  pets: Pets;
  /** Of both. */
  highest: number;
  errors: unknown[];
  loading: boolean;
}

/** The PETs that were chosen, on the planes of the CT before; two tracers are refused. */
export function usePets(place: string, choice: Choice, chosen: Record<Side, string>, matched_at: string): PetsInHand {
  const before = usePet(place, choice, "before", chosen, matched_at);
  const after = usePet(place, choice, "after", chosen, matched_at);
  const pets = useMemo<Pets>(() => ({ ...(before.data ? { before: before.data.volume } : {}), ...(after.data ? { after: after.data.volume } : {}) }), [before.data, after.data]);
  return {
    pets,
    highest: Math.max(before.data?.highest ?? 0, after.data?.highest ?? 0),
    errors: [before.error as unknown, after.error as unknown].filter(Boolean),
    loading: before.isLoading || after.isLoading,
  };
}

function usePet(place: string, choice: Choice, which: Side, chosen: Record<Side, string>, matched_at: string): SWRResponse<{ volume: PetVolume; highest: number }> {
  const query = queryOf(choice, { which, pet_series: chosen[which], beside: chosen[which === "before" ? "after" : "before"] });
  return useSWR(chosen[which] ? [`${place}/pet?${query}`, matched_at] : null, async ([path]: [string, string]) => {
    const volume = await readPet(path);
    return { volume, highest: highestOf(volume.suv) };
  });
}

async function readPet(path: string): Promise<PetVolume> {
  const answer = await call(path);
  const numbers = (name: string): number[] => (answer.headers.get(name) ?? "").split(",").map(Number);
  const geometry: Geometry = {
    shape: numbers("X-Shape") as Geometry["shape"],
    origin_mm: numbers("X-Origin") as Point,
    spacing_mm: numbers("X-Spacing") as Point,
  };
  return { geometry, suv: new Float32Array(await answer.arrayBuffer()) };
}
