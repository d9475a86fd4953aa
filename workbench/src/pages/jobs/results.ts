/** Where the result of a job is looked at. */

import type { Job } from "../../types/cases";

export interface ResultLink {
  href: string;
  word: "jobs.analysis" | "jobs.case" | "jobs.plan" | "jobs.verification";
}

const ADDRESSES: readonly [string, ResultLink["word"], string][] = [
  ["analysis", "jobs.analysis", "/cohort/"],
  ["verification", "jobs.verification", "/verifications/"],
  ["plan", "jobs.plan", "/plans/"],
  ["cases", "jobs.case", "/cases/"],
  ["case", "jobs.case", "/cases/"],
];

/** Return the links to what a job made; none before it is done. */
export function linksOf(job: Job): ResultLink[] {
  if (job.state !== "done" || !job.result) return [];
  const result = job.result;
  return ADDRESSES.flatMap(([name, word, root]) => {
    const found = result[name];
    const every = Array.isArray(found) ? found : [found];
    return every.filter((each): each is string => typeof each === "string" && each !== "").map((each) => ({ href: root + encodeURIComponent(each), word }));
  });
}

/** Tell whether a job has ended, well or not. */
export function isOver(job: Job): boolean {
  return job.state !== "waiting" && job.state !== "running";
}

/** Seconds that a job took, or takes so far; null before it began. */
export function secondsOf(job: Job, now: number): number | null {
  if (!job.started) return null;
  const end = job.ended ? Date.parse(job.ended) : now;
  return Math.max(0, Math.round((end - Date.parse(job.started)) / 1000));
}

/** Write a time: 45 s, 3 min 05 s. */
export function secondsText(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
