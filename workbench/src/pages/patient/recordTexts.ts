/** Records as texts of a form, and what was read from them. */

import { readNumber } from "../../language/numbers";
import type { FieldFault, FieldShape, KindShape, PlainRecord, PlainValue } from "../../types/clinic";

export type Texts = Record<string, string>;

export function textOf(value: PlainValue | undefined | null): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

export function textsOf(shape: KindShape, record: PlainRecord | null): Texts {
  return Object.fromEntries(shape.fields.map((field) => [field.name, textOf(record?.[field.name])]));
}

/** How a field was understood, where that is not what stands in it: 2026/3/2 is 2026-03-02. */
export function readAs(field: FieldShape, typed: string, record: PlainRecord | null): string {
  const text = typed.trim();
  if (!record || !text) return "";
  const read = record[field.name];
  if (read === undefined) return "";
  const shown = textOf(read);
  if (typeof read === "number" && readNumber(text) === read) return "";
  return shown === text ? "" : shown;
}

/** The faults of a field: what lacks is told once the field was left or the form was sent. */
export function faultsOf(faults: readonly FieldFault[], field: string, told: boolean): FieldFault[] {
  return faults.filter((fault) => fault.field === field && (fault.severity !== "lacking" || told));
}

export function isBarred(faults: readonly FieldFault[], confirmed: ReadonlySet<string>): boolean {
  return faults.some((fault) => fault.severity !== "ask" || !confirmed.has(fault.sentence));
}

export interface Difference {
  field: FieldShape;
  saved: string;
  mine: string;
}

/** Where the saved record and the form say different things. */
export function differences(shape: KindShape, saved: PlainRecord, mine: Texts): Difference[] {
  return shape.fields
    .map((field) => ({ field, saved: textOf(saved[field.name]), mine: (mine[field.name] ?? "").trim() }))
    .filter(({ field, saved: there, mine: here }) => there !== here && !sameNumber(field, there, here));
}

function sameNumber(field: FieldShape, there: string, here: string): boolean {
  if (!there || !here || !field.kind.endsWith("number")) return false;
  return Number(there) === readNumber(here);
}

/** The fields that a table of records shows: those in which anything stands, the key first. */
export function shownFields(shape: KindShape, records: readonly PlainRecord[], most = 9): FieldShape[] {
  const stated = shape.fields.filter((field) => records.some((record) => record[field.name] !== undefined));
  return [...stated].sort((a, b) => Number(b.is_key) - Number(a.is_key)).slice(0, most);
}
