import type { Point } from "../viewer/geometry";
import type { CaseRow, Job } from "./cases";
import type { DvhCurve, GoalRow, ServerPlane } from "./plans";

export type SeedState = "open" | "accepted" | "refused";
export type DoseOf = "planned" | "given" | "top_up";

/** Something that the search saw, whether it counted it or not. */
export interface SeenSeed {
  number: number;
  position_mm: Point;
  axis: Point | null;
  /** How sure the search was; of a seed that it did not see there is none. */
  confidence: number | null;
  doubtful: boolean;
  doubt: string;
  /** Whether it is one of the least certain of more seeds than were implanted. */
  surplus: boolean;
  by_search: boolean;
  state: SeedState;
  by: string;
  at: string;
  why: string;
  /** What a person did to it, which then stands in place of how sure the search was. */
  hand: "" | "added" | "moved" | "accepted";
  /** Where the search saw a seed that was moved. */
  from_mm?: Point | null;
  placed_version?: number;
  counts: boolean;
  in_dose: boolean;
  strength_u: number | null;
  pair: number | null;
  distance_mm: number | null;
}

export interface PlannedSeed {
  number: number;
  position_mm: Point;
  axis: Point | null;
  strength_u: number;
  needle: number | null;
}

export interface Pair {
  planned: number;
  found: number;
  displacement_mm: Point;
  distance_mm: number;
  beyond_drift_mm: number;
}

export interface Unpaired {
  number: number;
  position_mm: Point;
  reason: string;
}

export interface DeepRegion {
  below_gy: number;
  volume_cc: number;
  share_pct: number;
  least_gy: number;
  mean_gy: number;
  centre_mm: Point;
  coldest_mm: Point;
  slices: [number, number] | null;
  touches_surface: boolean;
  place: string;
}

export interface ColdRegion extends DeepRegion {
  deep: DeepRegion[];
}

export interface GivenGoal extends GoalRow {
  planned: GoalRow | null;
  top_up: GoalRow | null;
}

export interface TopUpNeedle {
  name: string;
  entry_mm: Point;
  tip_mm: Point;
  seeds: { position_mm: Point; strength_u: number }[];
}

export interface TopUp {
  seeds: number;
  needles: TopUpNeedle[];
  cold_before_cc: number;
  cold_after_cc: number;
}

export interface Interval {
  seen: number;
  p5: number;
  p95: number;
}

export interface Registration {
  kind: string;
  shift_mm: Point;
  turn_deg: Point;
  inverse_consistency_mm: number;
  grade: "good" | "look closely" | "not usable";
  words: string;
}

export interface Motion {
  rotation: [Point, Point, Point];
  shift_mm: Point;
}

/** A change of one seed, or of the number of all (then of seed 0); none is ever taken out of the list. */
export interface SeedChange {
  version: number;
  seed: number;
  before: SeedState;
  state: SeedState;
  by: string;
  at: string;
  kind: "judged" | "added" | "moved" | "undone" | "redone" | "restated" | "explained";
  position_mm: Point | null;
  axis: Point | null;
  why: string;
  of: number | null;
  /** The number implanted that was stated, or where it was said why another counts: that, and how many counted. */
  implanted: number | null;
  counting: number | null;
}

/** Seeds that count beside those implanted, as stated now and at first. */
export interface Numbering {
  counting: number;
  implanted: number | null;
  first: number | null;
  differ: boolean;
  /** Who said why they differ. */
  explained: { why: string; by: string; at: string } | null;
}

/** With which number stated the seeds were searched, and whether that of now gives the very same seeds. */
export interface Searched {
  first: number | null;
  now: number | null;
  /** None where no calculation has tried it yet. */
  same: boolean | null;
  /** Whether nothing is signed for it. */
  other: boolean;
}

export type SeedEdit =
  | { kind: "add_seed"; position_mm: Point; axis?: Point; why: string }
  | { kind: "move_seed"; seed: number; position_mm: Point; axis?: Point; why: string }
  | { kind: "remove_seed"; seed: number; why: string }
  | { kind: "restate_count"; implanted: number; why: string }
  | { kind: "explain_count"; why: string }
  | { kind: "undo" | "redo" };

export type Decided = "accept" | "top-up" | "repeat-ct" | "other";
export const DECISIONS: readonly Decided[] = ["accept", "top-up", "repeat-ct", "other"];

export interface VerificationSignature {
  meaning: "verified" | "approved";
  by: string;
  role: string;
  at: string;
  decided: Decided;
  decision: string;
  /** To be written on the printed sheet. */
  short_hash: string;
  version: number;
  single_user: boolean;
}

type Metrics = Record<string, Record<string, number | null>> | null;

/** What follows the seeds at once. */
export interface LiveState {
  live: boolean;
  dvhs: Partial<Record<DoseOf, DvhCurve[]>>;
  goals: GivenGoal[];
  cold: ColdRegion[];
  metrics: { planned?: Metrics; given?: Metrics };
}

export interface Calculated extends LiveState {
  state: "done";
  found: number;
  implanted: number | null;
  prescription_gy: number | null;
  target: string | null;
  notes: string[];
  registration: Registration | null;
  run: { name: string; judgement_version: number; top_up: boolean; sheets: boolean; by: string; at: string };
  numbering: Numbering;
  searched: Searched;
  /** Whether the calculation does not hold any more: it is of other seeds, or something was decided since. */
  stale: boolean;
  /** Whether it is of the seeds that count now all the same, so that its dose holds. */
  same_seeds: boolean;
  signatures: VerificationSignature[];
  /** Signatures under results of other seeds than those that count now. */
  signed_before: VerificationSignature[];
  approved: boolean;
  /** What of a signed record is not as it was signed. */
  unsound: string[];
  seeds: SeenSeed[];
  planned: PlannedSeed[];
  pairs: Pair[];
  placement: { matched?: number; mean_mm?: number | null; max_mm?: number | null; drift?: string; missing: Unpaired[]; extra: Unpaired[] };
  to_post: Motion | null;
  localisation: { d90_gy: Interval; v100_pct: Interval } | null;
  top_up: TopUp | null;
}

export interface Asked {
  verification: string;
  case: string;
  plan: string;
  plan_case: string;
  count: number | null;
  implanted_on: string | null;
  by: string;
  at: string;
  version: number;
  changes: SeedChange[];
  can_undo: boolean;
  can_redo: boolean;
  case_row: CaseRow;
}

export type VerificationState = Asked & ({ state: "none" } | Calculated);
export type DoneState = Asked & Calculated;

export interface VerificationRow {
  verification: string;
  plan: string;
  by: string;
  at: string;
  state: "none" | "done";
  /** Whether the seeds changed since the calculation: then there is no dose. */
  stale?: boolean;
  /** Seeds that count now. */
  found?: number;
  count: number | null;
  doubtful?: number;
  target?: string | null;
  prescription_gy?: number | null;
  d90_gy?: number | null;
  v100_pct?: number | null;
}

export interface ApprovedPlan {
  plan: string;
  case: string;
  at: string;
  study_date: string | null;
  seed_count: number;
  prescription_gy: number;
  target: string;
}

export interface VerificationList {
  verifications: VerificationRow[];
  plans: ApprovedPlan[];
}

export interface Begun {
  verification: string;
  job: Job;
}

export interface DosePlanes {
  dose: DoseOf;
  planes: ServerPlane[];
}
