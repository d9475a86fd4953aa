import type { Geometry } from "../viewer/geometry";
import type { DrawnStructure } from "../viewer/cuts";

export interface CaseRow {
  case: string;
  series_uid: string;
  frame_uid: string;
  patient_id: string;
  patient_name: string;
  study_date: string | null;
  series_description: string;
  images: number;
  structure_sets: number;
}

/** What an import of images came to. */
export interface ImportResult {
  patients: { patient_id: string; patient_name: string; patient_birth_date: string }[];
  imported: { patient_id: string; new: number; already_there: number }[];
  cases: string[];
  refused: { name: string; reason: string }[];
  /** Files that are no DICOM, as they are called where they come from. */
  other_files: string[];
  notes: string[];
}

export interface StructureSummary {
  name: string;
  role: DrawnStructure["role"];
  colour: string;
  version: number;
  by: string;
  at: string;
  volume_cc: number;
}

export interface PlanRow {
  plan: string;
  version: number;
  made: string;
  made_by: string;
  at: string;
  by: string;
  state: "draft" | "approved";
  prescription_gy: number;
  target: string;
  seed_count: number;
}

export interface CaseDetail extends CaseRow {
  patient_birth_date: string;
  synthetic: boolean;
  geometry: Geometry;
  window: { centre_hu: number; width_hu: number };
  colours: string[];
  notes: string[];
  structures: StructureSummary[];
  plans: PlanRow[];
  other_cases: CaseRow[];
}

export interface Job {
  id: string;
  kind: string;
  state: "waiting" | "running" | "done" | "failed" | "stopped";
  step: string;
  done: number;
  total: number;
  error: string | { came: string; expected: string; do: string } | null;
  result: Record<string, unknown> | null;
  by: string;
  started: string | null;
  ended: string | null;
  /** What it waits for; null where it waits no more, and where it was not asked for alone or in the list. */
  before?: JobsBefore | null;
}

/** Whose work and patient are empty for whom sees no patients. */
export interface JobsBefore {
  waiting: number;
  running: { kind: string; started: string | null; by: string; patient_id: string }[];
}
