/** How far a job is, live; it goes on when the page is left, and is found again. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { get, send } from "../api";
import { useWords } from "../language";
import type { Job } from "../types/cases";
import { waitingText } from "./jobWords";
import { Said } from "./Said";
import { RefusalText, Trouble } from "./Trouble";

interface Props {
  job: string;
  onDone: (job: Job) => void;
  /** Called when it has failed or was stopped; its sentence stays. */
  onOver?: (job: Job) => void;
}

export function JobBar({ job, onDone, onOver }: Props): ReactNode {
  const { t } = useWords();
  const [state, setState] = useState<Job | null>(null);
  const [stopping, setStopping] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const told = useRef(onDone);
  told.current = onDone;
  const over = useRef(onOver);
  over.current = onOver;

  useEffect(() => {
    const stream = new EventSource(`/api/v1/jobs/${job}/events`);
    let ended = false;
    const take = (now: Job): void => {
      if (ended) return;
      setState(now);
      if (!isOver(now)) return;
      ended = true;
      stream.close();
      if (now.state === "done") told.current(now);
      else over.current?.(now);
    };
    const hear = (event: MessageEvent<string>): void => take(JSON.parse(event.data) as Job);
    for (const name of ["progress", "done", "failed", "stopped"]) stream.addEventListener(name, hear);
    // a stream that breaks off is opened again by the browser; what it missed is asked for meanwhile
    stream.onerror = () => void get<Job>(`/jobs/${job}`).then(take, () => undefined);
    return () => {
      ended = true;
      stream.close();
    };
  }, [job]);

  async function stop(): Promise<void> {
    setStopping(true);
    setProblem(null);
    try {
      const now = await send<Job>("DELETE", `/jobs/${job}`);
      if (isOver(now)) setState(now);
    } catch (refused) {
      setProblem(refused);
      setStopping(false);
    }
  }

  if (!state || state.state === "done") return state ? null : <p role="status">{t("app.loading")}…</p>;
  if (state.state === "failed")
    return (
      <div className="trouble" role="alert">
        <JobError job={state} />
      </div>
    );
  if (state.state === "stopped")
    return (
      <p className="job" role="status">
        ■ {t("job.stopped")}
      </p>
    );
  return (
    <div className="job" role="status" aria-live="polite">
      <span>{stopping ? `${t("job.stopping")}…` : state.step ? <Said text={state.step} /> : state.state === "running" ? `${t("job.starting")}…` : waitingText(t, state.before)}</span>
      <progress aria-label={t("job.progress")} {...(state.total > 0 ? { value: state.done, max: state.total } : {})} />
      <button type="button" disabled={stopping} onClick={() => void stop()}>
        {t("job.stop")}
      </button>
      {problem ? <Trouble error={problem} /> : null}
    </div>
  );
}

function isOver(job: Job): boolean {
  return job.state !== "waiting" && job.state !== "running";
}

/** Why a job failed. */
export function JobError({ job }: { job: Job }): ReactNode {
  if (!job.error) return null;
  if (typeof job.error === "string") return <Said text={job.error} />;
  return <RefusalText refusal={{ ...job.error, code: "failed" }} />;
}
