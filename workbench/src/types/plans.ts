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
  version: number;
  sha256: string;
  /** Whether one person could sign both, as nobody has an account here. */
  single_user: boolean;
  hard_goals_missed: string[];
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
  organs: string[];
  /** Changes of the usual goals, as they were asked for. */
  goal_changes: string[];
}

/** What an edit would change; seeds and needles that stay as they are are left out unless it is `whole`. */
export interface PlanChange {
  version: number;
  whole: boolean;
  seeds: PlanSeed[];
  needles: PlanNeedle[];
  seed_count: number;
  goals: GoalRow[];
  dvhs: { structure: string; dose_gy: number[] }[];
}

/** One of the plans of a run of the planner. */
export interface FoundPlan {
  name: string;
  mode: string;
  seed_count: number;
  needle_count: number;
  total_activity_mci: number;
  hard_goals_met: boolean;
  d90_p5_gy?: number | null;
  metrics: Record<string, Record<string, number | null>>;
}

export interface PlannerRun {
  run: string;
  random_seed: number;
  found: FoundPlan[];
}

/** A plane of any direction, as the server takes it; shape: rows, columns. */
export interface ObliqueAsked {
  origin_mm: Point;
  u: Point;
  v: Point;
  shape: [number, number];
  spacing_mm: number;
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
