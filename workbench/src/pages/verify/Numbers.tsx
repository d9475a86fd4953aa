/** How many seeds count beside those implanted: where they differ, the number is corrected or it is said why. */

import { type FormEvent, type ReactNode, useState } from "react";
import { useWords } from "../../language";
import { NumberInput } from "../../parts/NumberInput";
import type { DoneState, SeedEdit } from "../../types/verifications";
import { SearchedOtherwise } from "./SearchedOtherwise";
import type { VerificationInHand } from "./useVerification";

const MOST_SEEDS = 1000;

interface Props {
  hand: VerificationInHand;
  state: DoneState;
  may: boolean;
}

export function Numbers({ hand, state, may }: Props): ReactNode {
  const { t, date } = useWords();
  const [why, setWhy] = useState("");
  const { differ, counting, implanted, first, explained } = state.numbering;
  const restated = implanted !== first;
  const form = may ? <NumbersForm key={String(implanted)} hand={hand} state={state} why={why} onWhy={setWhy} /> : null;
  return (
    <>
      {differ ? (
        <div className="stale" role="alert">
          <p className={explained ? "warn" : "bad"}>
            {explained ? "△" : "✗"} {t(counting > (implanted ?? 0) ? "verify.numbers.more" : "verify.numbers.fewer", { counting, implanted: implanted ?? 0 })}
          </p>
          {explained ? (
            <p>
              {t("verify.numbers.because", { why: explained.why })}{" "}
              <span className="soft">
                {explained.by} · {date(explained.at)}
              </span>
            </p>
          ) : (
            <p>{t("verify.numbers.settle")}</p>
          )}
          {form}
        </div>
      ) : null}
      {restated ? <p className="soft">{first === null ? t("verify.numbers.stated") : t("verify.numbers.restated", { first })}</p> : null}
      <SearchedOtherwise state={state} may={may} />
      {may && !differ ? (
        <details>
          <summary>{t(implanted === null ? "verify.numbers.state" : "verify.numbers.correct")}</summary>
          {form}
        </details>
      ) : null}
    </>
  );
}

interface FormProps extends Omit<Props, "may"> {
  why: string;
  onWhy: (why: string) => void;
}

/** A reason, and what it is a reason of. What was typed stays until it is kept, also while seeds are judged. */
function NumbersForm({ hand, state, why, onWhy }: FormProps): ReactNode {
  const { t } = useWords();
  const { differ, implanted } = state.numbering;
  const [number, setNumber] = useState(implanted);

  async function say(edit: SeedEdit): Promise<void> {
    if (await hand.edit(edit)) onWhy("");
  }
  function correct(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    if (number !== null) void say({ kind: "restate_count", implanted: number, why });
  }

  return (
    <form className="stack" onSubmit={correct}>
      <label>
        {t("verify.numbers.why")}
        <input value={why} maxLength={200} required onChange={(event) => onWhy(event.target.value)} />
      </label>
      <label>
        {t("verify.implanted")}
        <NumberInput min={1} max={MOST_SEEDS} whole required initial={implanted} onNumber={setNumber} onUnfit={() => setNumber(null)} />
      </label>
      <div className="row">
        <button disabled={hand.busy || number === null || number === implanted || !why.trim()}>{t("verify.numbers.restate")}</button>
        {differ ? (
          <button type="button" disabled={hand.busy || !why.trim()} onClick={() => void say({ kind: "explain_count", why })}>
            {t("verify.numbers.explain")}
          </button>
        ) : null}
      </div>
    </form>
  );
}
