/** The question to a cohort as it is typed, and as it is sent. */

import { readNumber } from "../../language/numbers";
import type { AskedFilter, FilterChoice, Question } from "../../types/cohort";

/** One filter while it is edited: numbers are texts as typed. */
export interface DraftFilter {
  variable: string;
  classes: string[];
  low: string;
  high: string;
}

export interface Draft {
  group: string;
  on: string;
  profile: string;
  filters: DraftFilter[];
}

export function emptyDraft(today: string): Draft {
  return { group: "arm", on: today, profile: "recist11", filters: [] };
}

export function newFilter(choice: FilterChoice): DraftFilter {
  return { variable: choice.name, classes: [...choice.classes], low: "", high: "" };
}

/** Return the number that a text states: null for none, NaN for what is no number. */
export const numberOf = readNumber;

/** Say what is wrong with a filter: nothing chosen, no number, a range upside down. */
export function faultOf(filter: DraftFilter, choice: FilterChoice): "noClass" | "noRange" | "noNumber" | "upsideDown" | null {
  if (choice.classes.length) return filter.classes.length ? null : "noClass";
  const low = numberOf(filter.low);
  const high = numberOf(filter.high);
  if (low === null && high === null) return "noRange";
  if (Number.isNaN(low) || Number.isNaN(high)) return "noNumber";
  return low !== null && high !== null && low > high ? "upsideDown" : null;
}

/** Return what is sent; classes stand in the order of the variable, whatever was ticked first. */
export function asked(draft: Draft, choices: readonly FilterChoice[]): Question {
  const filters: AskedFilter[] = draft.filters.map((filter) => {
    const classes = choices.find((each) => each.name === filter.variable)?.classes ?? [];
    return classes.length
      ? { variable: filter.variable, classes: classes.filter((each) => filter.classes.includes(each)), low: null, high: null }
      : { variable: filter.variable, classes: [], low: numberOf(filter.low), high: numberOf(filter.high) };
  });
  return { group: draft.group, on: draft.on, profile: draft.profile, filters };
}

/** Return a question as it is edited. */
export function draftOf(question: Question): Draft {
  const text = (value: number | null): string => (value === null ? "" : String(value));
  return {
    group: question.group,
    on: question.on,
    profile: question.profile,
    filters: question.filters.map((each) => ({
      variable: each.variable,
      classes: [...each.classes],
      low: text(each.low),
      high: text(each.high),
    })),
  };
}

/** Tell whether two questions ask the same; the order of filters does not count. */
export function sameQuestion(one: Question, other: Question): boolean {
  return key(one) === key(other);
}

function key(question: Question): string {
  const filters = question.filters.map((each) => JSON.stringify([each.variable, each.classes, each.low, each.high])).sort();
  return JSON.stringify([question.group, question.on, question.profile, filters]);
}

/** Write a size in bytes: 9 kB, 1.4 MB. */
export function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Return the address of a file of an analysis. */
export function fileAddress(analysis: string, name: string): string {
  return `/api/v1/cohort/analyses/${analysis}/files/${name.split("/").map(encodeURIComponent).join("/")}`;
}
