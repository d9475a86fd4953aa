/** One slice plane: wheel through slices, drag the window, zoom, pan, take hold of a seed. */

import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useWords } from "../language";
import type { DrawnStructure } from "./cuts";
import { doseAt, readText } from "./doseScale";
import { type DrawnNeedle, type DrawnSeed, gripPlace, handleUnder, type NeedleGrip, seedUnder } from "./drawing";
import { type Axis, countOf, indexOf, type Mapping, mappingOf, PLANES, placeOf, type Point, positionOf, toPatient } from "./geometry";
import type { DosePlane } from "./isolines";
import { Painter } from "./painter";
import { type PetLook, type PetVolume, suvAt } from "./pet";
import { type ViewStore, useView } from "./viewState";
import { isOnItsWay, valueAt, type Volume } from "./volume";
import { dragged } from "./windowing";

export interface Overlay {
  structures: readonly DrawnStructure[];
  seeds: readonly DrawnSeed[];
  needles: readonly DrawnNeedle[];
  dose: Partial<Record<Axis, DosePlane>>;
  prescription_gy: number;
  /** Whose dose it is, where there are several. */
  dose_name?: string;
  chosenSeed: number | null;
  /** Drawn with handles, which a hand can take hold of. */
  chosenNeedle?: number | null;
  pet?: { volume: PetVolume; look: PetLook };
}

export interface SeedHand {
  /** A seed was taken; while it moves, where the pointer is; and when it was let go. */
  onTake: (seed: number) => void;
  onMove: (seed: number, place_mm: Point) => void;
  onLetGo: (seed: number, place_mm: Point) => void;
  /** The pointer was taken away while it held something. */
  onCancel?: () => void;
  /** A handle of the chosen needle moves, or is let go; the place is that of the handle. */
  onNeedle?: (grip: NeedleGrip, place_mm: Point, phase: "move" | "up") => void;
}

interface Props {
  axis: Axis;
  volume: Volume;
  view: ViewStore;
  overlay: Overlay;
  hand?: SeedHand;
  /** What a pen does with a place in this plane, instead of moving the crosshair. */
  onPen?: (place_mm: Point, phase: "down" | "move" | "up") => void;
}

/** What the pointer holds; the seed counts where it holds one. */
interface Grip {
  kind: "crosshair" | "window" | "pan" | "pen" | "seed" | "needle";
  seed: number;
  /** The handle, and where it was: what lies across the plane stays. */
  needle: { grip: NeedleGrip; from_mm: Point } | null;
  start: [number, number];
  moved: boolean;
}

/** A pointer that moves less has clicked. */
const CLICK_PX = 3;

export function SliceView({ axis, volume, view, overlay, hand, onPen }: Props): ReactNode {
  const { t, number } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const grip = useRef<Grip | null>(null);
  const last = useRef<[number, number]>([0, 0]);
  const [size, setSize] = useState<[number, number]>([0, 0]);
  const state = useView(view);
  const painter = useMemo(() => new Painter(volume, axis), [volume, axis]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setSize([element.clientWidth, element.clientHeight]));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    if (!canvas.current || !size[0]) return;
    const waiting = requestAnimationFrame(() => {
      if (canvas.current) painter.paint(canvas.current, size, state, overlay);
    });
    return () => cancelAnimationFrame(waiting);
  }, [painter, size, state, overlay]);

  const map = (): Mapping => mappingOf(PLANES[axis], state.centre_mm, state.zoom, size[0], size[1]);
  const position = state.crosshair_mm[placeOf(axis)];
  const index = indexOf(volume.geometry, axis, position);

  function goTo(next: number): void {
    const kept = Math.min(countOf(volume.geometry, axis) - 1, Math.max(0, next));
    const crosshair: Point = [...state.crosshair_mm];
    crosshair[placeOf(axis)] = positionOf(volume.geometry, axis, kept);
    view.set({ crosshair_mm: crosshair });
  }

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const roll = (event: WheelEvent): void => {
      event.preventDefault();
      const now = view.get();
      if (event.ctrlKey) view.set({ zoom: Math.min(20, Math.max(0.3, now.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1))) });
      else {
        const at = placeOf(axis);
        const next = indexOf(volume.geometry, axis, now.crosshair_mm[at]) + (event.deltaY > 0 ? -1 : 1);
        const kept = Math.min(countOf(volume.geometry, axis) - 1, Math.max(0, next));
        const crosshair: Point = [...now.crosshair_mm];
        crosshair[at] = positionOf(volume.geometry, axis, kept);
        view.set({ crosshair_mm: crosshair });
      }
    };
    element.addEventListener("wheel", roll, { passive: false });
    return () => element.removeEventListener("wheel", roll);
  }, [axis, view, volume]);

  function pixel(event: PointerEvent): [number, number] {
    const edge = event.currentTarget.getBoundingClientRect();
    return [event.clientX - edge.left, event.clientY - edge.top];
  }

  function down(event: PointerEvent<HTMLCanvasElement>): void {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
    const [x, y] = pixel(event);
    last.current = [event.clientX, event.clientY];
    const seed = hand && event.button === 0 && !onPen ? seedUnder(map(), overlay.seeds, position, x, y) : null;
    const needle = event.button === 0 && !onPen ? needleUnder(x, y) : null;
    const kind = kindOf(event, seed !== null);
    grip.current = { kind: needle && kind !== "pan" ? "needle" : kind, seed: seed?.index ?? -1, needle, start: [x, y], moved: false };
    if (grip.current.kind === "seed" && seed && hand) hand.onTake(seed.index);
    act(event, "down");
  }

  function needleUnder(x: number, y: number): Grip["needle"] {
    const held = overlay.chosenNeedle == null ? undefined : overlay.needles[overlay.chosenNeedle];
    const found = held && hand?.onNeedle && state.showSeeds ? handleUnder(map(), held, x, y) : null;
    return held && found ? { grip: found, from_mm: gripPlace(held, found) } : null;
  }

  function kindOf(event: PointerEvent, onSeed: boolean): Grip["kind"] {
    if (event.button === 2) return "window";
    if (event.button === 1 || event.shiftKey) return "pan";
    if (onPen) return "pen";
    return onSeed ? "seed" : "crosshair";
  }

  function act(event: PointerEvent<HTMLCanvasElement>, phase: "down" | "move" | "up"): void {
    const held = grip.current;
    if (!held) return;
    const [dx, dy] = [event.clientX - last.current[0], event.clientY - last.current[1]];
    last.current = [event.clientX, event.clientY];
    const [px, py] = pixel(event);
    if (Math.hypot(px - held.start[0], py - held.start[1]) > CLICK_PX) held.moved = true;
    const place = toPatient(map(), px, py, position);
    if (held.kind === "window") view.set({ window: dragged(state.window, dx, dy) });
    else if (held.kind === "pan") {
      const { right, down: downAxis, up } = PLANES[axis];
      const centre: Point = [...state.centre_mm];
      centre[right] -= dx / state.zoom;
      centre[downAxis] -= ((up ? -1 : 1) * dy) / state.zoom;
      view.set({ centre_mm: centre });
    } else if (held.kind === "pen") onPen?.(place, phase);
    else if (held.kind === "crosshair") view.set({ crosshair_mm: place });
    else if (!held.moved || phase === "down") return;
    else if (held.needle) {
      const taken = toPatient(map(), ...held.start, position);
      const moved = held.needle.from_mm.map((value, at) => value + (place[at] as number) - (taken[at] as number)) as Point;
      hand?.onNeedle?.(held.needle.grip, moved, phase);
    } else if (phase === "move") hand?.onMove(held.seed, place);
    else hand?.onLetGo(held.seed, place);
  }

  function up(event: PointerEvent<HTMLCanvasElement>): void {
    act(event, "up");
    grip.current = null;
  }

  function key(event: KeyboardEvent): void {
    const step: Record<string, number> = { ArrowUp: 1, ArrowDown: -1, f: 1, b: -1, PageUp: 5, PageDown: -5 };
    const by = step[event.key];
    if (by !== undefined) {
      event.preventDefault();
      goTo(index + by);
    } else if (event.key === "r") view.set({ zoom: 2, centre_mm: state.crosshair_mm });
    else if (event.key === "+" || event.key === "=") view.set({ zoom: Math.min(20, state.zoom * 1.2) });
    else if (event.key === "-") view.set({ zoom: Math.max(0.3, state.zoom / 1.2) });
  }

  const hu = valueAt(volume, state.crosshair_mm);
  const dose = state.showDose === "none" || !(overlay.prescription_gy > 0) ? undefined : overlay.dose[axis];
  const gy = dose ? doseAt(dose, axis, state.crosshair_mm) : null;
  const suv = overlay.pet ? suvAt(overlay.pet.volume, state.crosshair_mm) : null;
  const name = t(`view.${axis}`);
  return (
    <div className="slice" ref={box}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        data-axis={axis}
        data-index={index}
        aria-label={`${name}, ${number(position)} mm`}
        onPointerDown={down}
        onPointerMove={(event) => act(event, "move")}
        onPointerUp={up}
        onPointerCancel={() => {
          grip.current = null;
          hand?.onCancel?.();
        }}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={key}
      />
      <div className="slice-head">
        {name} {number(position)} mm · {index + 1}/{countOf(volume.geometry, axis)}
      </div>
      {isOnItsWay(volume, axis, index) ? (
        <p className="slice-wait" role="status">
          {t("view.loading")}…
        </p>
      ) : null}
      <div className="slice-foot">
        {gy === null ? null : <div>{readText(gy, overlay.prescription_gy)}</div>}
        {hu === null ? "" : `${hu} HU · `}
        {suv === null ? "" : `SUV ${number(suv)} · `}W {Math.round(state.window.width_hu)} C {Math.round(state.window.centre_hu)}
      </div>
      <input
        className="slice-bar"
        type="range"
        aria-label={t("view.slice", { plane: name })}
        min={0}
        max={countOf(volume.geometry, axis) - 1}
        value={index}
        onChange={(event) => goTo(Number(event.target.value))}
      />
    </div>
  );
}
