import type { Point } from "../viewer/geometry";

export interface PlanSeed {
  index: number;
  position_mm: Point;
  axis: Point | null;
  strength_u: number;
  needle: number | null;
}

export interface PlanNeedle {
  index: number;
  name: string;
  entry_mm: Point;
  tip_mm: Point;
  seeds: number[];
}

export interface GoalRow {
  goal: string;
  structure: string;
  metric: string;
  sense: string;
  limit: number;
  hard: boolean;
  source: string;
  value: number;
  unit: string;
  met: boolean;
  by: number;
}

export interface DvhCurve {
  structure: string;
  volume_cc: number;
  dose_gy: number[];
  volume_pct: number[];
}

export interface Signature {
  meaning: "planned" | "approved";
  by: string;
  at: string;
  version?: number;
  note?: string;
}

export interface PlanState {
  plan: string;
  case: string;
  version: number;
  state: "draft" | "approved";
  made: string;
  made_by: string;
  at: string;
  by: string;
  prescription_gy: number;
  target: string;
  site: string;
  source: string;
  strengths_u: number[];
  seeds: PlanSeed[];
  needles: PlanNeedle[];
  goals: GoalRow[];
  dvhs: DvhCurve[];
  metrics: Record<string, Record<string, number | null>>;
  can_undo: boolean;
  can_redo: boolean;
  seed_count: number;
  signatures: Signature[];
}

/** A plane of dose as the server lays it: x before y before z along the two other axes. */
export interface ServerPlane {
  axis: "x" | "y" | "z";
  position_mm: number;
  spacing_mm: number;
  origin_mm: [number, number];
  columns: number;
  rows: number;
}

export interface Edit {
  kind:
    | "move_seed"
    | "add_seed"
    | "remove_seed"
    | "move_needle"
    | "add_needle"
    | "remove_needle"
    | "set_strength"
    | "undo"
    | "redo";
  seed?: number;
  needle?: number;
  position_mm?: Point;
  axis?: Point;
  entry_mm?: Point;
  tip_mm?: Point;
  depths_mm?: number[];
  strength_u?: number;
  seeds?: number[];
}
