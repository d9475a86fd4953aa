/** What the server answers on cohorts, audits, accounts and the access trail. */

import type { Role } from "../session";
import type { Job } from "./cases";

export interface GroupChoice {
  name: string;
  label: string;
  outcome: boolean;
}

export interface FilterChoice {
  name: string;
  label: string;
  unit: string;
  classes: string[];
}

export interface Askable {
  groups: GroupChoice[];
  filters: FilterChoice[];
  profiles: string[];
  arms: { name: string; patients: number }[];
  patients: number;
  coded: boolean;
}

export interface AskedFilter {
  variable: string;
  classes: string[];
  low: number | null;
  high: number | null;
}

export interface Question {
  group: string;
  on: string;
  profile: string;
  filters: AskedFilter[];
}

export interface AnalysisRow {
  id: string;
  question: Question & { coded: boolean };
  by: string;
  made: string;
  patients: number;
  groups: [string, number][];
  current: boolean;
}

export interface Test {
  test: string;
  p_value: number | null;
  statistic: number | null;
  df: number[];
  n: number[] | number;
  missing: number[] | number;
  note: string;
}

export interface TableRow {
  id: string;
  label: string;
  level: number;
  cells: { text: string; strong: boolean }[];
  tests: Test[];
}

export interface CohortTable {
  id: string;
  title: string;
  columns: string[];
  rows: TableRow[];
  footnotes: string[];
  methods: string;
}

export interface Figure {
  id: string;
  title: string;
  caption: string;
  files: string[];
}

export interface Analysis extends AnalysisRow {
  shown: {
    title: string;
    facts: [string, string][];
    groups: { name: string; n: number }[];
    excluded: { reason: string; n: number }[];
    tables: CohortTable[];
    better_than_the_paper: CohortTable[];
    methods: string[];
    notes: string[];
    figures: Figure[];
  };
  files: { name: string; size_bytes: number }[];
}

export interface Asked {
  analysis: string;
  job: Job | null;
}

export interface Place {
  place: string;
  row: string;
  column: string;
}

export interface Verdict {
  class: string;
  where: Place;
  text: string;
}

export interface Finding extends Verdict {
  arithmetic: string;
  certainty: "certain" | "likely" | "possible";
  settle: string;
}

export interface AuditReport {
  paper: { source: string; doi: string };
  findings: Finding[];
  fine: Verdict[];
  no_power: Verdict[];
  counts: { findings: number; by_certainty: Record<string, number>; by_class: Record<string, number>; fine: number; no_power: number };
}

export interface Account {
  name: string;
  display_name: string;
  roles: Role[];
  disabled: boolean;
  signs_in_with: "oidc" | "password";
  version: number;
  changed_at: string;
  changed_by: string;
}

export interface TrailEntry {
  number: number;
  at: string;
  who: string;
  what: string;
  patient_id: string;
  detail: string;
  origin: string;
  hash: string;
}

export interface TrailPage {
  total: number;
  page: number;
  per_page: number;
  entries: TrailEntry[];
}

export interface TrailProof {
  entries: number;
  number: number;
  head: string;
  faults: string[];
  more_faults: number;
  sound: boolean;
}
