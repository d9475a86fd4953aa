/** Where things stand on the time line: days, lanes, and rows within a lane. */

import type { DueCheck, TimelineEntry } from "../../types/clinic";

export type Lane = "treatment" | "drug" | "visits" | "images" | "events" | "outcome";
export const LANES: Lane[] = ["treatment", "drug", "visits", "images", "events", "outcome"];

const LANE_OF: Record<TimelineEntry["kind"], Lane> = {
  implant: "treatment",
  drug: "drug",
  "drug end": "drug",
  cycle: "drug",
  visit: "visits",
  contact: "visits",
  image: "images",
  event: "events",
  progression: "outcome",
  death: "outcome",
};
const DAY_MS = 86_400_000;

/** The first day that a date, perhaps partial, can be: days since 1970. */
export function firstDay(iso: string): number {
  const [year = 1970, month = 1, day = 1] = iso.slice(0, 10).split("-").map(Number);
  return Math.round(Date.UTC(year, month - 1, day) / DAY_MS);
}

/** The last day that it can be. */
export function lastDay(iso: string): number {
  const [year = 1970, month, day] = iso.slice(0, 10).split("-").map(Number);
  if (day) return firstDay(iso);
  return Math.round(Date.UTC(month ? year : year + 1, month ?? 0, 1) / DAY_MS) - 1;
}

export interface Placed {
  entry: TimelineEntry;
  lane: Lane;
  row: number;
  from: number;
  to: number;
  /** Whether its end is not stated. */
  open: boolean;
}

export interface Layout {
  first: number;
  last: number;
  placed: Placed[];
  rows: Record<Lane, number>;
}

/** Lay out what happened; what overlaps within a lane gets a row of its own. */
export function layOut(entries: readonly TimelineEntry[], today: string): Layout {
  const now = firstDay(today);
  const spans = entries.map((entry) => spanOf(entry, now));
  const first = Math.min(now, ...spans.map((each) => each.from));
  const last = Math.max(now, ...spans.map((each) => each.to));
  const apart = (last - first) / 90;
  const rows = Object.fromEntries(LANES.map((lane) => [lane, 1])) as Record<Lane, number>;
  const ends: Record<Lane, number[]> = { treatment: [], drug: [], visits: [], images: [], events: [], outcome: [] };
  const placed = [...spans]
    .sort((a, b) => a.from - b.from)
    .map((each) => {
      const row = each.lane === "events" || each.lane === "outcome" || each.lane === "treatment" ? freeRow(ends[each.lane], each, apart) : 0;
      rows[each.lane] = Math.max(rows[each.lane], row + 1);
      return { ...each, row };
    });
  return { first, last: Math.max(last, first + 30), placed, rows };
}

function spanOf(entry: TimelineEntry, now: number): Omit<Placed, "row"> {
  const lane = LANE_OF[entry.kind];
  const from = firstDay(entry.on);
  const lasts = entry.kind === "drug" || entry.kind === "event";
  if (entry.until) return { entry, lane, from, to: Math.max(from, lastDay(entry.until)), open: false };
  return { entry, lane, from, to: lasts ? Math.max(from, now) : from, open: lasts };
}

function freeRow(ends: number[], span: { from: number; to: number }, apart: number): number {
  const found = ends.findIndex((end) => end + apart < span.from);
  const row = found < 0 ? ends.length : found;
  ends[row] = span.to;
  return row;
}

/** The first days of the years to be marked, with the year; months where the whole is short. */
export function ticks(first: number, last: number): { day: number; text: string }[] {
  const from = new Date(first * DAY_MS);
  const months = last - first < 800 ? 3 : 12;
  const found: { day: number; text: string }[] = [];
  for (let month = 0; ; month += months) {
    const when = Date.UTC(from.getUTCFullYear(), month, 1);
    const day = Math.round(when / DAY_MS);
    if (day > last) return found;
    if (day >= first) found.push({ day, text: new Date(when).toISOString().slice(0, months === 12 ? 4 : 7) });
  }
}

/** A visit that is not yet due is due once its window is open. */
export function dueStatus(visit: Pick<DueCheck, "status" | "due_on" | "window_days">, today: string): string {
  const open = firstDay(visit.due_on) - firstDay(today) <= visit.window_days;
  return visit.status === "not yet due" && open ? "due" : visit.status;
}
