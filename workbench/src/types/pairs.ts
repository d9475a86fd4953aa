import type { DrawnStructure } from "../viewer/cuts";
import type { Point } from "../viewer/geometry";
import type { CaseRow, Job } from "./cases";

export type Side = "before" | "after";
export const SIDES: readonly Side[] = ["before", "after"];
export type MatchBy = "registration" | "frame";

export interface PairCt extends CaseRow {
  /** From the latest implantation by then, else to the first one; null where none is known. */
  days_from_implant: number | null;
  /** Names of the PET series in its frame of reference. */
  pets: string[];
}

export interface PetRow {
  series: string;
  frame_uid: string;
  study_date: string | null;
  series_description: string;
  images: number;
  days_from_implant: number | null;
}

export interface PairSeries {
  patient_id: string;
  implanted_on: string[];
  /** Implantations known no better than to the month or the year: no days are counted from them. */
  implants_unsure: string[];
  cts: PairCt[];
  pets: PetRow[];
}

export interface PairMatch {
  by: MatchBy;
  grade: "good" | "look closely";
  why: string;
  error_mm: number;
  correlation: number | null;
  bone_overlap: number | null;
  shared_part: number;
  shift_mm: number;
  angle_deg: number;
  tilt_deg: number;
}

export interface PairPlace {
  why: "largest" | "above" | "below" | "seeds" | "structure" | "middle";
  name: string;
  position_mm: Point;
}

export interface SeedMark {
  position_mm: Point;
  axis: Point;
}

export interface LesionSize {
  name: string;
  longest_mm: number;
  volume_cc: number;
}

export interface DonePair {
  state: "done";
  before: string;
  after: string;
  by: MatchBy;
  target: string;
  match: PairMatch;
  around: string;
  matched_by: string;
  matched_at: string;
  spacing_mm: Record<Side, Point>;
  places: PairPlace[];
  seeds: Record<Side, { planned: SeedMark[]; found: SeedMark[] }>;
  notes: string[];
}

export interface NoPair {
  state: "none";
  job: Job | null;
}

export type PairState = DonePair | NoPair;

export interface PairSections {
  structures: DrawnStructure[];
  left_out: string[];
  lesion: ({ name: string } & Record<Side, LesionSize | null>) | null;
}
