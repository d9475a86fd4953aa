/** Who planned a plan and who approved it; an approved one is locked, and its files can be fetched. */

import { type ReactNode, useEffect, useState } from "react";
import useSWR from "swr";
import { useLocation } from "wouter";
import { ApiError, get, send } from "../../api";
import { useWords } from "../../language";
import { FileList, type ListedFile } from "../../parts/FileList";
import { JobBar } from "../../parts/JobBar";
import { Trouble } from "../../parts/Trouble";
import { useMay, useSession } from "../../session";
import type { Job } from "../../types/cases";
import type { PlanState, Signature } from "../../types/plans";
import { isOver } from "../jobs/results";
import { decimalsOf } from "./Goals";
import type { PlanInHand } from "./usePlan";

export function Signing({ plan, hand }: { plan: PlanState; hand: PlanInHand }): ReactNode {
  const { t } = useWords();
  const approved = plan.state === "approved";
  const both = plan.signatures.length > 1 && new Set(plan.signatures.map((each) => each.by)).size === 1;
  return (
    <section className="panel" aria-labelledby="signatures">
      <h2 id="signatures">{t("plan.sign")}</h2>
      {plan.signatures.length ? null : <p className="soft">{t("plan.sign.none")}</p>}
      <ul className="list">
        {plan.signatures.map((each) => (
          <Signed key={each.meaning} signature={each} />
        ))}
      </ul>
      {both ? <p className="warn">⚠ {t("plan.sign.onePerson")}</p> : null}
      {approved ? <p className="good">✓ {t("plan.sign.locked")}</p> : null}
      {approved || !plan.signatures.length ? null : <Approval plan={plan} hand={hand} />}
      {approved || plan.signatures.length ? null : <Next plan={plan} hand={hand} />}
      {approved ? <Files name={plan.plan} version={plan.version} /> : null}
      {plan.seed_count ? (
        <div className="stack">
          <Copy plan={plan} />
        </div>
      ) : null}
    </section>
  );
}

function Signed({ signature }: { signature: Signature }): ReactNode {
  const { t, date, say } = useWords();
  return (
    <li>
      <span>
        <strong>{t(`plan.sign.${signature.meaning}`)}</strong> {signature.by}
      </span>
      <span className="soft">
        {date(signature.at)} {signature.at.slice(11, 16)} UTC · {t("plan.sign.version", { version: signature.version })} ·{" "}
        <span title={signature.sha256}>{signature.sha256.slice(0, 8)}</span>
      </span>
      {signature.hard_goals_missed.length ? (
        <span className="bad">{t("plan.sign.missed", { goals: signature.hard_goals_missed.map((each) => say(each)).join("; ") })}</span>
      ) : null}
    </li>
  );
}

/** The approval that goes on, whoever gave it, or that came to nothing; else the button for it. */
function Approval({ plan, hand }: { plan: PlanState; hand: PlanInHand }): ReactNode {
  const { t } = useWords();
  const [begun, setBegun] = useState<Job | null>(null);
  const address = `/plans/${plan.plan}/files`;
  const { data, mutate } = useSWR(`${address}?version=${plan.version}`, () => get<PlanFiles>(address), {
    refreshInterval: (latest) => (latest?.approval && !isOver(latest.approval) ? POLL_MS : 0),
  });
  const known = data?.approval ?? null;
  const job = begun && !isOver(begun) && known?.id !== begun.id ? begun : (known ?? begun);
  const goesOn = job !== null && !isOver(job);
  const approvedSince = (data?.files.length ?? 0) > 0;
  const reload = hand.reload;
  useEffect(() => {
    if (approvedSince) void reload();
  }, [approvedSince, reload]);

  function begin(now: Job): void {
    setBegun(now);
    void mutate(); // and asked for again from now on: whether it waits or runs
  }

  async function look(ended: Job): Promise<void> {
    setBegun(ended.state === "done" ? null : ended);
    await Promise.all([mutate(), hand.reload()]);
  }

  return (
    <>
      {goesOn ? <p role="status">{t(job.state === "waiting" ? "plan.sign.waits" : "plan.sign.writing", { name: job.by })}</p> : null}
      {job && job.state !== "done" ? <JobBar key={job.id} job={job.id} onDone={(ended) => void look(ended)} onOver={(ended) => void look(ended)} /> : null}
      {job && isOver(job) && job.state !== "done" ? <p className="warn">⚠ {t("plan.sign.cameToNothing", { name: job.by })}</p> : null}
      {goesOn ? null : <Next plan={plan} hand={hand} begun={begin} refused={mutate} />}
    </>
  );
}

/** The signature that comes next, for whom may give it. */
function Next({ plan, hand, begun, refused }: { plan: PlanState; hand: PlanInHand; begun?: (job: Job) => void; refused?: () => Promise<unknown> }): ReactNode {
  const { t } = useWords();
  const [problem, setProblem] = useState<unknown>(null);
  const [asking, setAsking] = useState(false);
  const { session } = useSession();
  const may = useMay("physicist", "clinician");
  const planned = plan.signatures.find((each) => each.meaning === "planned");
  const me = session?.user?.name ?? "";
  if (!may || !plan.seed_count) return null;
  const missed = plan.goals
    .filter((goal) => goal.hard && !goal.met)
    .map((goal) => `${goal.structure} ${goal.metric} ${goal.sense === "at least" ? "≥" : "≤"} ${goal.limit} ${goal.unit}: ${goal.value.toFixed(decimalsOf(goal))} ${goal.unit}`);
  const sure = (): boolean => !missed.length || confirm(t("plan.sign.sure", { goals: missed.join("; ") }));

  async function approve(): Promise<void> {
    if (!sure()) return;
    setAsking(true);
    setProblem(null);
    try {
      begun?.(await send<Job>("POST", `/plans/${plan.plan}/sign`, { meaning: "approved", version: plan.version }));
    } catch (why) {
      setProblem(why);
      await Promise.all([refused?.(), hand.reload()]); // a colleague may be approving it, or have changed it
    } finally {
      setAsking(false);
    }
  }

  if (!planned)
    return (
      <button type="button" className="primary" disabled={hand.busy || hand.trying} onClick={() => void (sure() && hand.change("sign", { meaning: "planned" }))}>
        {t("plan.sign.doPlanned")}
      </button>
    );
  if (planned.by === me && !session?.local) return <p>{t("plan.sign.second", { name: planned.by })}</p>;
  return (
    <>
      {session?.local ? <p className="warn">⚠ {t("plan.sign.oneUser")}</p> : null}
      <button type="button" className="primary" disabled={asking || hand.busy || hand.trying} onClick={() => void approve()}>
        {t("plan.sign.doApproved")}
      </button>
      {problem ? <Trouble error={problem} /> : null}
    </>
  );
}

const POLL_MS = 2000;
const SHEET = "needles.html";

interface PlanFiles {
  files: ListedFile[];
  job: Job | null;
  /** The approval that goes on, or that came to nothing for the plan as it is. */
  approval: Job | null;
}

function Files({ name, version }: { name: string; version: number }): ReactNode {
  const { t } = useWords();
  const may = useMay("physicist", "clinician");
  const [problem, setProblem] = useState<unknown>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const { data, error, mutate } = useSWR(`/plans/${name}/files?version=${version}`, () => get<PlanFiles>(`/plans/${name}/files`), {
    refreshInterval: (latest) => (latest?.job ? POLL_MS : 0),
  });
  const files = data?.files ?? [];
  const written = files.some((each) => each.name === SHEET);
  const over = asked !== null && data !== undefined && !data.job && !written;
  const { data: ended } = useSWR(over ? `/jobs/${asked}` : null, (path: string) => get<Job>(path));

  async function write(): Promise<void> {
    setProblem(null);
    try {
      const job = await send<Job>("POST", `/plans/${name}/sheets`);
      setAsked(job.id);
      await mutate();
    } catch (refused) {
      setProblem(refused);
    }
  }

  return (
    <>
      <h3>{t("plan.files")}</h3>
      {error ? <Trouble error={error} /> : null}
      {data?.job ? <p role="status">{t("plan.sheets.writing")}…</p> : null}
      {data && !data.job && !written && may ? (
        <>
          <p className="soft">{t("plan.sheets.text")}</p>
          <button type="button" className="primary" onClick={() => void write()}>
            {t("plan.sheets.write")}
          </button>
        </>
      ) : null}
      {ended?.error ? <Trouble error={typeof ended.error === "string" ? new Error(ended.error) : new ApiError(400, { ...ended.error, code: "failed" })} /> : null}
      {problem ? <Trouble error={problem} /> : null}
      <FileList files={files} at={`/plans/${name}/files`} />
    </>
  );
}

/** A plan like this one that can be changed, on the structures as they are now. */
function Copy({ plan }: { plan: PlanState }): ReactNode {
  const { t } = useWords();
  const may = useMay("physicist");
  const [, go] = useLocation();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function copy(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const { prescription_gy, target, organs, site, source, strengths_u, goal_changes, plan: copy_of } = plan;
      const asked = { prescription_gy, target, organs, site, source, strengths_u, goals: goal_changes, copy_of };
      const made = await send<PlanState>("POST", `/cases/${plan.case}/plans`, asked);
      go(`/plans/${made.plan}`);
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  if (!may) return null;
  return (
    <>
      <button type="button" disabled={busy} onClick={() => void copy()}>
        {t("plan.copy")}
      </button>
      {problem ? <Trouble error={problem} /> : null}
    </>
  );
}
