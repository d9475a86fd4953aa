/** What the server says of patients, their records and what the rules answer. */

export interface DueVisit {
  month: number;
  on: string;
  state: "due" | "missing" | "seen, day not known";
  days_off: number | null;
  note: string;
}

export interface PatientRow {
  patient_id: string;
  name: string;
  sex: string;
  born: string;
  arm: string;
  synthetic: boolean;
  started: boolean;
  died: boolean;
  last_visit: string;
  next_due: string;
  early: number;
  late: number;
  due: DueVisit[];
}

export type Part = "all" | "open" | "due" | "missing" | "late" | "early" | "not started";
export type Sort = "patient_id" | "name" | "arm" | "last_visit" | "next_due" | "longest_open";

export interface PatientList {
  on: string;
  total: number;
  page: number;
  per_page: number;
  counts: Record<Part, number>;
  arms: string[];
  remarks: string[];
  patients: PatientRow[];
}

export type PlainValue = string | number | boolean;
export type PlainRecord = Record<string, PlainValue>;

export interface TimelineEntry {
  kind: "implant" | "drug" | "drug end" | "cycle" | "visit" | "image" | "event" | "progression" | "contact" | "death";
  on: string;
  until: string | null;
  [more: string]: unknown;
}

export interface DiameterPoint {
  on: string;
  sum_mm: number | null;
  response: string;
  change_pct: number | null;
  reason: string;
  rule_ids: string[];
  new_lesions: string[];
}

export interface TgPoint {
  on: string;
  value: number;
  comparator: "" | "<" | ">";
  unit: string;
  assay: string;
  tsh: string | null;
  tgab: string | null;
  tgab_limit: number | null;
  category: string | null;
  caveats: { rule_id: string; forbids: boolean; text: string }[];
}

export interface TrendSet {
  diameters: { reader: string; best_response: string; best_confirmed_response: string; notes: string[]; points: DiameterPoint[] }[];
  volume: { lesion: string; reader: string; points: { on: string; volume_cc: number | null; reduction_pct: number | null; category: string }[] }[];
  tg: TgPoint[];
  pain: { site: string; points: { on: string; nrs: number; category: string; reason: string }[] }[];
}

export interface DueCheck {
  month: number;
  due_on: string;
  status: string;
  seen_on: string | null;
  days_off: number | null;
  window_days: number;
  missing_items: { rule_id: string; text: string }[];
  text: string;
}

export interface PatientPage {
  on: string;
  identity: PlainRecord & { patient_id: string; person?: string; sex?: string; born?: string; arm?: string; synthetic?: boolean; age_years: [number, number] | null };
  baseline: PlainRecord | null;
  treatment_started: string | null;
  died_on: string | null;
  due: { treatment_started: string; note: string; visits: DueCheck[]; extra_visits: string[] } | null;
  why_not_due: string;
  timeline: TimelineEntry[];
  trends: TrendSet;
  decisions: PlainRecord[];
  lesions: PlainRecord[];
  counts: Record<string, number>;
  problems: string[];
}

export interface Words2 {
  en: string;
  zh: string;
}

export interface FieldShape {
  name: string;
  label: Words2;
  unit: string;
  kind: "text" | "choice" | "number" | "whole number" | "yes or no" | "date" | "partial date";
  choices: ({ value: string } & Words2)[];
  required: boolean;
  range: [number, number] | null;
  help: string;
  expected: string;
  is_key: boolean;
}

export interface KindShape {
  kind: string;
  path: string;
  title: Words2;
  key: string[];
  refers_to: Record<string, string>;
  fields: FieldShape[];
}

export interface FieldFault {
  severity: "wrong" | "lacking" | "ask";
  field: string;
  sentence: string;
}

export interface Checked {
  record: PlainRecord | null;
  faults: FieldFault[];
  version: number;
}

export interface KeptRecord {
  key: PlainValue[];
  record: PlainRecord;
  version: number;
  who: string;
  at: string;
  why: string;
}

export interface PastChange {
  number: number;
  at: string;
  who: string;
  why: string;
  key: PlainValue[];
  action: "added" | "changed" | "voided" | "restored";
  differences: Record<string, [PlainValue | null, PlainValue | null]>;
}

export interface RecordsOfKind {
  kind: string;
  records: KeptRecord[];
  history: PastChange[];
}

export interface RuleText {
  rule_id: string;
  text: string;
  source: string;
  facts: string[];
  notes: string[];
}

export interface ScreeningRules {
  protocol: string;
  source: string;
  criteria: (RuleText & { kind: "inclusion" | "exclusion"; arms: string[] })[];
}

export interface PrescriptionRules {
  protocol: string;
  source: string;
  doses: (RuleText & { dose_gy: number })[];
  activities: (RuleText & { site: string; low_mbq: number; high_mbq: number; default_mbq: number })[];
}

export interface FactUsed {
  name: string;
  value: string;
  from: string;
}

export interface Screened {
  protocol: string;
  decision: string;
  against: string[];
  unknown: string[];
  missing_facts: string[];
  criteria: { rule_id: string; kind: string; status: string; text: string; source: string; facts: FactUsed[]; missing: string[]; notes: string[] }[];
  recorded: boolean;
}

export interface Prescribed {
  protocol: string;
  dose_gy: number;
  rule_id: string;
  text: string;
  source: string;
  facts: FactUsed[];
  also_matched: string[];
  note: string;
  readings: string[];
  activity: { site: string; rule_id: string; low_mbq: number; high_mbq: number; default_mbq: number; default_mci: number; default_u: number; text: string; note: string; source: string } | null;
  recorded: boolean;
}
