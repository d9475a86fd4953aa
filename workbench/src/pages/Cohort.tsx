import { type ReactNode, useEffect, useState } from "react";
import useSWR from "swr";
import { Link, useLocation, useParams } from "wouter";
import { get, send } from "../api";
import { useWords } from "../language";
import { JobBar } from "../parts/JobBar";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useSession } from "../session";
import type { Analysis, AnalysisRow, Askable, Asked } from "../types/cohort";
import { Answer } from "./cohort/Answer";
import { Ask } from "./cohort/Ask";
import { Audit } from "./cohort/Audit";
import { Earlier } from "./cohort/Earlier";
import { asked, draftOf, emptyDraft, sameQuestion } from "./cohort/question";

export default function Cohort(): ReactNode {
  const { t } = useWords();
  const named = useParams<{ analysis?: string }>().analysis ?? null;
  const askable = useSWR("/cohort/variables", (path: string) => get<Askable>(path));
  const audit = named === "audit";
  if (askable.error) return <Trouble error={askable.error} onRetry={() => void askable.mutate()} />;
  if (!askable.data) return <Waiting />;
  return (
    <>
      <div className="row spread">
        <h1>{t("cohort.title")}</h1>
        <nav className="row" aria-label={t("cohort.title")}>
          <Link href="/cohort" aria-current={audit ? undefined : "page"}>
            {t("cohort.analysis")}
          </Link>
          <Link href="/cohort/audit" aria-current={audit ? "page" : undefined}>
            {t("audit.title")}
          </Link>
        </nav>
      </div>
      {audit ? <Audit /> : <Analyses askable={askable.data} shown={named} />}
    </>
  );
}

function Analyses({ askable, shown }: { askable: Askable; shown: string | null }): ReactNode {
  const { t } = useWords();
  const { session } = useSession();
  const [, go] = useLocation();
  const [draft, setDraft] = useState(() => emptyDraft(session?.today ?? ""));
  const [running, setRunning] = useState<{ job: string; analysis: string; over: boolean } | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const kept = useSWR("/cohort/analyses", (path: string) => get<{ analyses: AnalysisRow[] }>(path));
  const answer = useSWR(shown ? `/cohort/analyses/${shown}` : null, (path: string) => get<Analysis>(path), { keepPreviousData: true });
  const analysis = shown && answer.data && !answer.error ? answer.data : null;

  useEffect(() => {
    if (analysis && analysis.id === shown) setDraft(draftOf(analysis.question));
  }, [analysis, shown]);

  async function ask(): Promise<void> {
    setProblem(null);
    try {
      const found = await send<Asked>("POST", "/cohort/analyses", asked(draft, askable.filters));
      if (found.job) setRunning({ job: found.job.id, analysis: found.analysis, over: false });
      else go(`/cohort/${found.analysis}`);
    } catch (refused) {
      setProblem(refused);
    }
  }

  function done(result: Record<string, unknown> | null): void {
    const made = String(result?.["analysis"] ?? running?.analysis ?? "");
    setRunning(null);
    void kept.mutate();
    void askAgain(made);
  }

  /** Show an answer that has just been made. */
  async function askAgain(made: string): Promise<void> {
    go(`/cohort/${made}`);
    if (made === shown) await answer.mutate();
  }

  const another = analysis !== null && !sameQuestion(analysis.question, asked(draft, askable.filters));
  return (
    <div className="workspace cohort-space">
      <aside className="side panel">
        <p className="soft small">{t("cohort.inRegister", { count: askable.patients })}</p>
        <Ask askable={askable} draft={draft} busy={running !== null && !running.over} onChange={setDraft} onAsk={() => void ask()} />
        {running ? <JobBar key={running.job} job={running.job} onDone={(job) => done(job.result)} onOver={() => setRunning({ ...running, over: true })} /> : null}
        {problem ? <Trouble error={problem} /> : null}
        {kept.data?.analyses.length ? (
          <>
            <h2 className="apart">{t("cohort.earlier")}</h2>
            <Earlier rows={kept.data.analyses} askable={askable} shown={shown} />
          </>
        ) : null}
      </aside>
      <section className="panel answer-space" aria-live="polite">
        {another ? <p className="warn small">△ {t("cohort.another")}</p> : null}
        {answer.error && shown ? <Trouble error={answer.error} /> : null}
        {analysis ? <Answer analysis={analysis} /> : shown && !answer.error ? <Waiting /> : <p className="soft">{t("cohort.none")}</p>}
      </section>
    </div>
  );
}
