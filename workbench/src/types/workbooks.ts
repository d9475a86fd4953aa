/** What the server says of a workbook of the register. */

import type { PlainValue } from "./clinic";

export interface WorkbookFault {
  severity: "wrong" | "ask";
  address: string;
  sentence: string;
}

export interface WorkbookCounts {
  added: number;
  changed: number;
  restored: number;
  unchanged: number;
  left_voided: number;
}

export interface WorkbookChange {
  kind: string;
  patient_id: string;
  key: PlainValue[];
  action: "added" | "changed" | "restored";
  differences: Record<string, [PlainValue | null, PlainValue | null]>;
}

/** A workbook that was checked: what is wrong in it, else what it would add and change. */
export interface CheckedWorkbook {
  called: string;
  at: string;
  options: { new_identity: boolean; restore: boolean };
  read: Record<string, number>;
  wrong: number;
  asked: number;
  faults: WorkbookFault[];
  remarks: string[];
  planned: WorkbookCounts | null;
  changes: WorkbookChange[];
  number: number | null;
  /** The mark of all this, which a decision names. */
  shown: string;
}

/** The result of the job that kept one. */
export interface KeptWorkbook {
  called: string;
  remarks: string[];
  written: WorkbookCounts & { change_set: number | null };
}
