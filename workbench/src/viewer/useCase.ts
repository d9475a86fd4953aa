/** A case with its CT and structures: the middle slice first, then the whole volume. */

import { useEffect, useMemo, useState } from "react";
import useSWR from "swr";
import { get, getKept, readInt16 } from "../api";
import type { CaseDetail } from "../types/cases";
import type { DrawnStructure } from "./cuts";
import { middleOf } from "./geometry";
import { ViewStore } from "./viewState";
import { fitting, NOTHING, type Volume } from "./volume";

export interface LoadedCase {
  detail: CaseDetail | undefined;
  structures: DrawnStructure[];
  /** Filled with the middle slice until the rest is there. */
  volume: Volume | null;
  whole: boolean;
  view: ViewStore | null;
  error: unknown;
  reload: () => Promise<void>;
}

export function useCase(name: string): LoadedCase {
  const detail = useSWR(`/cases/${name}`, (path: string) => get<CaseDetail>(path));
  const drawn = useSWR(`/cases/${name}/structures`, (path: string) => getKept<{ structures: DrawnStructure[] }>(path));
  const [volume, setVolume] = useState<Volume | null>(null);
  const [whole, setWhole] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const geometry = detail.data?.geometry;
  const key = geometry ? `${name} ${String([geometry.shape, geometry.origin_mm, geometry.spacing_mm])}` : null;

  useEffect(() => {
    if (!geometry || key === null) return;
    const stop = new AbortController();
    const [nz, ny, nx] = geometry.shape;
    setVolume(null);
    setWhole(false);
    setError(null);
    const load = async (): Promise<void> => {
      const middle = Math.floor(nz / 2);
      const first = await readInt16(`/cases/${name}/slice?axis=z&index=${middle}`, stop.signal);
      const hu = new Int16Array(nz * ny * nx).fill(NOTHING);
      hu.set(first.values, middle * ny * nx);
      setVolume({ geometry, hu, only: middle });
      const all = await readInt16(`/cases/${name}/volume`, stop.signal);
      setVolume({ geometry, hu: fitting(all, geometry) });
      setWhole(true);
    };
    load().catch((problem: unknown) => {
      if (!stop.signal.aborted) setError(problem);
    });
    return () => stop.abort();
    // a CT that has got images since has another geometry, and is read again
  }, [key, name]);

  const view = useMemo(
    () => (detail.data ? new ViewStore(middleOf(detail.data.geometry), detail.data.window) : null),
    // one store as long as the case is open, whatever is read again
    [key],
  );
  const structures = useMemo(() => drawn.data?.structures ?? [], [drawn.data]);
  return {
    detail: detail.data,
    structures,
    volume,
    whole,
    view,
    error: error ?? detail.error ?? drawn.error,
    reload: async () => {
      await Promise.all([detail.mutate(), drawn.mutate()]);
    },
  };
}
