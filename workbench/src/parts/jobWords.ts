/** What is said of jobs: their kinds, and what one waits for. */

import type { Key } from "../language";
import { en } from "../language/en";
import type { JobsBefore } from "../types/cases";

type Say = (key: Key, values?: Record<string, string | number>) => string;

export function kindText(t: Say, kind: string): string {
  const key = `jobs.kind.${kind}`;
  return Object.hasOwn(en, key) ? t(key as Key) : kind;
}

/** What runs before a job, and how many wait before it. */
export function waitingText(t: Say, before: JobsBefore | null | undefined): string {
  if (!before) return t("job.waiting");
  const turn = before.waiting ? t("job.waiting.before", { count: before.waiting }) : t("job.waiting.next");
  const running = before.running.map((each) => {
    const known = [
      each.by ? t("job.waiting.by", { name: each.by }) : "",
      each.patient_id ? t("job.waiting.patient", { id: each.patient_id }) : "",
      each.started ? t("job.waiting.since", { time: each.started.slice(11, 16) }) : "",
    ].filter(Boolean);
    return `${kindText(t, each.kind)}${known.length ? ` (${known.join(", ")})` : ""}`;
  });
  const runs = running.length ? t("job.waiting.runs", { jobs: running.join("; ") }) : "";
  return [t("job.waiting"), [turn, runs].filter(Boolean).join("; ")].join(": ");
}
