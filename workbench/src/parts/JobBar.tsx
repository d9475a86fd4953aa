/** How far a job is, live; it goes on when the page is left, and is found again. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { send } from "../api";
import { useWords } from "../language";
import type { Job } from "../types/cases";

interface Props {
  job: string;
  onDone: (job: Job) => void;
  /** Called when it has failed or was stopped; its sentence stays. */
  onOver?: (job: Job) => void;
}

export function JobBar({ job, onDone, onOver }: Props): ReactNode {
  const { t } = useWords();
  const [state, setState] = useState<Job | null>(null);
  const told = useRef(onDone);
  told.current = onDone;
  const over = useRef(onOver);
  over.current = onOver;

  useEffect(() => {
    const stream = new EventSource(`/api/v1/jobs/${job}/events`);
    const hear = (event: MessageEvent<string>): void => {
      const now = JSON.parse(event.data) as Job;
      setState(now);
      if (now.state !== "waiting" && now.state !== "running") {
        stream.close();
        if (now.state === "done") told.current(now);
        else over.current?.(now);
      }
    };
    for (const name of ["progress", "done", "failed", "stopped"]) stream.addEventListener(name, hear);
    return () => stream.close();
  }, [job]);

  if (!state || state.state === "done") return state ? null : <p role="status">{t("app.loading")}…</p>;
  if (state.state === "failed")
    return (
      <p className="trouble" role="alert">
        {errorText(state)}
      </p>
    );
  return (
    <div className="job" role="status" aria-live="polite">
      <span>{state.state === "stopped" ? t("job.stopped") : state.step || t("job.waiting")}</span>
      <progress {...(state.total > 0 ? { value: state.done, max: state.total } : {})} />
      {state.state === "stopped" ? null : (
        <button type="button" onClick={() => void send("DELETE", `/jobs/${job}`)}>
          {t("job.stop")}
        </button>
      )}
    </div>
  );
}

/** The sentence of a job that failed. */
export function errorText(job: Job): string {
  if (!job.error) return "";
  return typeof job.error === "string" ? job.error : `${job.error.came}; ${job.error.expected}; ${job.error.do}`;
}
