/** The register filled from a workbook: an empty one to fetch, one brought in, checked, looked at, kept or left. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { call, get, send } from "../../api";
import { useWords } from "../../language";
import { JobBar } from "../../parts/JobBar";
import { Trouble } from "../../parts/Trouble";
import type { Job } from "../../types/cases";
import type { CheckedWorkbook, KeptWorkbook } from "../../types/workbooks";
import { Counts } from "./WorkbookCounts";
import { type Decision, WorkbookFound } from "./WorkbookFound";

interface Props {
  onClose: () => void;
  onKept: () => void;
}

interface Going {
  id: string;
  keeps: boolean;
  over?: boolean;
  /** What a check was asked for. */
  options?: CheckedWorkbook["options"];
}

const NO_OPTIONS: CheckedWorkbook["options"] = { new_identity: false, restore: false };

export function Workbook({ onClose, onKept }: Props): ReactNode {
  const { t, language } = useWords();
  const chooser = useRef<HTMLInputElement>(null);
  const [name, setName] = useState<string | null>(null);
  const [job, setJob] = useState<Going | null>(null);
  const [sending, setSending] = useState(false);
  const [found, setFound] = useState<CheckedWorkbook | null>(null);
  const [kept, setKept] = useState<KeptWorkbook | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [writing, setWriting] = useState<string | null>(null);
  const [written, setWritten] = useState<string | null>(null);
  const touched = useRef(false);
  const busy = sending || (job !== null && !job.over);

  // a workbook that waits for a decision is found again
  useEffect(() => {
    let gone = false;
    const stale = (): boolean => gone || touched.current;
    async function look(): Promise<void> {
      const [waits] = (await get<{ workbooks: string[] }>("/workbooks")).workbooks;
      if (!waits || stale()) return;
      const before = await get<CheckedWorkbook>(`/workbooks/${waits}`);
      if (stale()) return;
      setName(waits);
      setFound(before);
    }
    look().catch((refused: unknown) => stale() || setProblem(refused));
    return () => {
      gone = true;
    };
  }, []);

  async function trying(work: () => Promise<void>): Promise<void> {
    setProblem(null);
    setSending(true);
    try {
      await work();
    } catch (refused) {
      setProblem(refused);
    } finally {
      setSending(false);
    }
  }

  function upload(file: File | undefined): void {
    if (!file) return;
    touched.current = true;
    setFound(null);
    setKept(null);
    setJob(null);
    setName(null);
    void trying(async () => {
      const answer = await call("/workbooks", { method: "POST", body: file, fileName: file.name });
      const begun = (await answer.json()) as { workbook: string; job: Job };
      setName(begun.workbook);
      setJob({ id: begun.job.id, keeps: false });
    });
  }

  function write(): void {
    setWritten(null);
    void trying(async () => setWriting((await send<Job>("POST", `/workbooks/register?language=${language}`)).id));
  }

  function check(options: CheckedWorkbook["options"]): void {
    void trying(async () => setJob({ id: (await send<Job>("POST", `/workbooks/${name}/check`, options)).id, keeps: false, options }));
  }

  function keep(decision: Decision): void {
    void trying(async () => setJob({ id: (await send<Job>("POST", `/workbooks/${name}/keep`, decision)).id, keeps: true }));
  }

  function leave(): void {
    void trying(async () => {
      setJob(null);
      await send("DELETE", `/workbooks/${name}`);
      setFound(null);
      setName(null);
    });
  }

  function ended(over: Job): void {
    const keeps = job?.keeps;
    setJob(null);
    if (keeps) {
      setFound(null);
      setName(null);
      setKept(over.result as unknown as KeptWorkbook);
      onKept();
    } else {
      const checked = String(over.result?.["workbook"]);
      setName(checked);
      void trying(async () => setFound(await get<CheckedWorkbook>(`/workbooks/${checked}`)));
    }
  }

  return (
    <section className="panel" aria-labelledby="workbook">
      <div className="row spread">
        <h2 id="workbook">{t("workbook.title")}</h2>
        <button type="button" onClick={onClose}>
          {t("app.close")}
        </button>
      </div>
      <p>{t("workbook.text")}</p>
      <div className="row">
        <button type="button" className="primary" disabled={busy} onClick={() => chooser.current?.click()}>
          {t("workbook.choose")}
        </button>
        <a href={`/api/v1/workbooks/template?language=${language}`} download>
          {t("workbook.template")}
        </a>
        <button type="button" disabled={busy || writing !== null} onClick={write}>
          {t("workbook.register")}
        </button>
        {written ? (
          <a href={written} download>
            {t("workbook.fetch")}
          </a>
        ) : null}
        {sending ? <span role="status">{t("app.loading")}…</span> : null}
      </div>
      <input
        ref={chooser}
        type="file"
        hidden
        accept=".xlsx,.xlsm"
        data-testid="workbook"
        onChange={(event) => {
          const [file] = [...(event.target.files ?? [])];
          event.target.value = "";
          upload(file);
        }}
      />
      {writing ? (
        <JobBar
          key={writing}
          job={writing}
          onDone={(over) => {
            setWriting(null);
            setWritten(`/api/v1/workbooks/${String(over.result?.["workbook"])}/file`);
          }}
        />
      ) : null}
      {job ? <JobBar key={job.id} job={job.id} onDone={ended} onOver={() => setJob({ ...job, over: true })} /> : null}
      {problem ? <Trouble error={problem} /> : null}
      {job?.over && !job.keeps && name ? (
        <div className="row">
          <button type="button" disabled={busy} onClick={() => check(job.options ?? NO_OPTIONS)}>
            {t("workbook.again")}
          </button>
          <button type="button" disabled={busy} onClick={leave}>
            {t("workbook.leave")}
          </button>
        </div>
      ) : null}
      {found && (!job || job.keeps) ? <WorkbookFound key={found.at} found={found} at={`/workbooks/${name}`} busy={busy} onCheck={check} onKeep={keep} onLeave={leave} /> : null}
      {kept ? (
        <div role="status" className="workbook-found">
          <h3>{t("workbook.kept", { name: kept.called })}</h3>
          <Counts counts={kept.written} remarks={kept.remarks} />
        </div>
      ) : null}
    </section>
  );
}
