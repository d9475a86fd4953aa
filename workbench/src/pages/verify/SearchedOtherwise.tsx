/** Where the seeds were searched with another number stated than now: what follows, and another verification with that of now. */

import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { send } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { DoneState } from "../../types/verifications";

/** What another verification of the same is begun with. */
export function anotherOf(state: Pick<DoneState, "plan" | "implanted_on" | "searched">): Record<string, unknown> {
  return {
    plan: state.plan,
    ...(state.searched.now === null ? {} : { count: state.searched.now }),
    ...(state.implanted_on ? { implanted_on: state.implanted_on } : {}),
  };
}

export function SearchedOtherwise({ state, may }: { state: DoneState; may: boolean }): ReactNode {
  const { t } = useWords();
  const [, go] = useLocation();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const { first, same, other } = state.searched;
  const now = state.searched.now ?? 0;
  const numbers = { first: first ?? t("verify.search.none"), now };

  async function begin(): Promise<void> {
    setBusy(true);
    try {
      const begun = await send<{ verification: string }>("POST", `/cases/${state.case}/verifications`, anotherOf(state));
      go(`/verifications/${begun.verification}`);
    } catch (refused) {
      setProblem(refused);
      setBusy(false);
    }
  }

  if (same) return <p className="soft">{t("verify.search.same", { now })}</p>;
  if (!other) return null;
  return (
    <div className="stale" role="alert">
      <p className="bad">✗ {t("verify.search.other", numbers)}</p>
      <p>{t(same === null ? "verify.search.untried" : "verify.search.tried", { now })}</p>
      {may ? (
        <button type="button" disabled={busy} onClick={() => void begin()}>
          {t("verify.search.begin", { now })}
        </button>
      ) : null}
      {problem ? <Trouble error={problem} /> : null}
    </div>
  );
}
