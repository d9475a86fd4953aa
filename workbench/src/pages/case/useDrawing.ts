/** Structures while they are drawn: painted plane by plane, undone, saved; what was not saved stays. */

import { useCallback, useMemo, useRef, useState } from "react";
import { send } from "../../api";
import { type Mask, maskOf, polygonsOf, stroke } from "../../viewer/brush";
import type { DrawnStructure, StructurePlane } from "../../viewer/cuts";
import { type Geometry, indexOf, type Point, positionOf } from "../../viewer/geometry";

export interface Drawing {
  structures: DrawnStructure[];
  chosen: DrawnStructure | null;
  choose: (name: string | null) => void;
  changed: (name: string) => boolean;
  canUndo: boolean;
  undo: () => void;
  add: (name: string, role: DrawnStructure["role"], colour: string) => void;
  /** Give a structure that was never saved another name. */
  rename: (from: string, to: string) => void;
  paint: (place: Point, phase: "down" | "move" | "up", radius_mm: number, wipe: boolean) => void;
  clearPlane: (z_mm: number) => void;
  merge: (name: string, planes: StructurePlane[]) => void;
  save: (caseName: string) => Promise<void>;
  drop: () => Promise<void>;
}

const SAME_MM = 1e-3;

export function useDrawing(kept: readonly DrawnStructure[], geometry: Geometry | undefined, reload: () => Promise<void>): Drawing {
  const [edits, setEdits] = useState<Record<string, DrawnStructure>>({});
  const [past, setPast] = useState<Record<string, DrawnStructure>[]>([]);
  const [name, choose] = useState<string | null>(null);
  const hand = useRef<{ mask: Mask; z_mm: number; last: [number, number] } | null>(null);

  const structures = useMemo(() => {
    const names = new Set(kept.map((each) => each.name));
    return [...kept.map((each) => edits[each.name] ?? each), ...Object.values(edits).filter((each) => !names.has(each.name))];
  }, [kept, edits]);
  const chosen = structures.find((each) => each.name === name) ?? null;

  const put = useCallback((next: DrawnStructure) => setEdits((now) => ({ ...now, [next.name]: next })), []);
  const remember = useCallback(() => setPast((now) => [...now.slice(-49), edits]), [edits]);

  function withPlane(structure: DrawnStructure, plane: StructurePlane): DrawnStructure {
    const others = structure.planes.filter((each) => Math.abs(each.z_mm - plane.z_mm) > SAME_MM);
    const planes = plane.polygons.length ? [...others, plane] : others;
    return { ...structure, planes: planes.sort((one, two) => one.z_mm - two.z_mm) };
  }

  function paint(place: Point, phase: "down" | "move" | "up", radius_mm: number, wipe: boolean): void {
    if (!geometry || !chosen) return;
    const here: [number, number] = [place[0], place[1]];
    if (phase === "down") {
      remember();
      const z_mm = positionOf(geometry, "z", indexOf(geometry, "z", place[2]));
      const there = chosen.planes.find((plane) => Math.abs(plane.z_mm - z_mm) <= SAME_MM);
      hand.current = { mask: maskOf(geometry, there?.polygons ?? []), z_mm, last: here };
    }
    const held = hand.current;
    if (!held) return;
    stroke(held.mask, held.last, here, radius_mm, wipe);
    held.last = here;
    put(withPlane(chosen, { z_mm: held.z_mm, polygons: polygonsOf(held.mask) }));
    if (phase === "up") hand.current = null;
  }

  return {
    structures,
    chosen,
    choose,
    changed: (which) => which in edits,
    canUndo: past.length > 0,
    undo: () => {
      const before = past.at(-1);
      if (before) setEdits(before);
      setPast(past.slice(0, -1));
    },
    add: (called, role, colour) => {
      remember();
      put({ name: called, role, colour, version: 0, planes: [] });
      choose(called);
    },
    rename: (from, to) => {
      remember();
      setEdits((now) => renamed(now, from, to));
      choose(to);
    },
    paint,
    clearPlane: (z_mm) => {
      if (!chosen) return;
      remember();
      put(withPlane(chosen, { z_mm, polygons: [] }));
    },
    merge: (into, planes) => {
      remember();
      setEdits((now) => {
        const there = now[into] ?? structures.find((each) => each.name === into);
        return there ? { ...now, [into]: planes.reduce(withPlane, there) } : now;
      });
    },
    save: async (caseName) => {
      const saved: [DrawnStructure, number][] = [];
      try {
        for (const each of Object.values(edits)) {
          const { version, role, colour, planes } = each;
          const path = `/cases/${caseName}/structures?name=${encodeURIComponent(each.name)}`;
          saved.push([each, (await send<DrawnStructure>("PUT", path, { version, role, colour, planes })).version]);
        }
        setPast([]);
      } finally {
        if (saved.length) await reload();
        setEdits((now) => saved.reduce(settled, now));
      }
    },
    drop: async () => {
      remember();
      setEdits({});
      await reload();
    },
  };
}

/** The same changes with one that was never saved under another name, in its place. */
export function renamed(edits: Record<string, DrawnStructure>, from: string, to: string): Record<string, DrawnStructure> {
  const there = edits[from];
  if (!there || there.version !== 0 || to in edits) return edits;
  return Object.fromEntries(Object.entries(edits).map(([name, each]) => (name === from ? [to, { ...each, name: to }] : [name, each])));
}

/** What is left to save: nothing of what was saved, unless it was drawn on in the meantime. */
function settled(edits: Record<string, DrawnStructure>, [sent, version]: [DrawnStructure, number]): Record<string, DrawnStructure> {
  const now = edits[sent.name];
  if (now && now !== sent) return { ...edits, [sent.name]: { ...now, version } };
  return Object.fromEntries(Object.entries(edits).filter(([name]) => name !== sent.name));
}
