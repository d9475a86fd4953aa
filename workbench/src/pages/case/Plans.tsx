/** The plans of a case, and the beginning of a new one. */

import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { send } from "../../api";
import { useWords } from "../../language";
import { readNumber } from "../../language/numbers";
import { NumberInput } from "../../parts/NumberInput";
import { Trouble } from "../../parts/Trouble";
import { useMay } from "../../session";
import type { CaseDetail, PlanRow } from "../../types/cases";
import type { DrawnStructure } from "../../viewer/cuts";
import { activitiesOf, commaIsUnclear, U_PER_MCI } from "../plan/strengths";

interface Props {
  detail: CaseDetail;
  structures: readonly DrawnStructure[];
  reload: () => Promise<void>;
}

const SITES = ["surface", "bone", "other"] as const;

export function Plans({ detail, structures, reload }: Props): ReactNode {
  const { t, date } = useWords();
  const may = useMay("physicist");
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function drop(plan: PlanRow): Promise<void> {
    const about = { target: plan.target, gy: plan.prescription_gy, count: plan.seed_count };
    if (!confirm(t("plans.delete.sure", about))) return;
    setProblem(null);
    setBusy(true);
    try {
      await send("DELETE", `/plans/${plan.plan}?version=${plan.version}`);
      await reload();
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="panel">
      <h2>{t("plans.title")}</h2>
      {detail.plans.length ? (
        <ul className="list">
          {detail.plans.map((plan) => (
            <li key={plan.plan}>
              <Link href={`/plans/${plan.plan}`}>
                {plan.target}, {plan.prescription_gy} Gy
              </Link>
              <span className="soft">
                {t("plans.seeds", { count: plan.seed_count })} · {t(`plans.${plan.state}`)} · {plan.made_by} · {date(plan.made)}
              </span>
              {may && plan.state === "draft" ? (
                <button type="button" disabled={busy} aria-label={t("plans.delete.named", { target: plan.target, made: date(plan.made) })} onClick={() => void drop(plan)}>
                  {t("plans.deleted")}
                </button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : (
        <p className="soft">{t("plans.none")}</p>
      )}
      {problem ? <Trouble error={problem} /> : null}
      {may ? <NewPlan detail={detail} structures={structures} /> : null}
    </section>
  );
}

function NewPlan({ detail, structures }: Omit<Props, "reload">): ReactNode {
  const { t } = useWords();
  const [, go] = useLocation();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const begun = useRef(false);
  const saved = new Set(detail.structures.map((each) => each.name));
  const targets = structures.filter((each) => each.role === "target" && saved.has(each.name));

  async function begin(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    if (begun.current) return;
    const form = new FormData(event.currentTarget);
    const typed = String(form.get("activity"));
    const activities = activitiesOf(typed);
    setProblem(activities ? null : new Error(t(commaIsUnclear(typed) ? "plans.activities.comma" : "plans.activities.wrong")));
    if (!activities) return;
    begun.current = true;
    setBusy(true);
    try {
      const plan = await send<{ plan: string }>("POST", `/cases/${detail.case}/plans`, {
        prescription_gy: readNumber(String(form.get("prescription"))),
        target: form.get("target"),
        site: form.get("site"),
        strengths_u: activities.map((each) => each * U_PER_MCI),
      });
      go(`/plans/${plan.plan}`);
    } catch (refused) {
      setProblem(refused);
    } finally {
      begun.current = false;
      setBusy(false);
    }
  }

  if (!targets.length) return <p className="soft">{t("plans.first")}</p>;
  return (
    <form className="stack" onSubmit={(event) => void begin(event)}>
      <label>
        {t("plans.target")}
        <select name="target">
          {targets.map((each) => (
            <option key={each.name}>{each.name}</option>
          ))}
        </select>
      </label>
      <label>
        {t("plans.prescription")}
        <NumberInput name="prescription" min={1} max={300} initial={120} required />
      </label>
      <label>
        {t("plans.activity")}
        <input name="activity" inputMode="decimal" maxLength={100} defaultValue="0.7" required />
        <span className="soft">{t("plans.activities")}</span>
      </label>
      <label>
        {t("plans.site")}
        <select name="site" defaultValue="other">
          {SITES.map((site) => (
            <option key={site} value={site}>
              {t(`plans.site.${site}`)}
            </option>
          ))}
        </select>
      </label>
      <button className="primary" disabled={busy}>
        {t("plans.new")}
      </button>
      {busy ? <p role="status">{t("plans.beginning")}…</p> : null}
      {problem ? <Trouble error={problem} /> : null}
    </form>
  );
}
