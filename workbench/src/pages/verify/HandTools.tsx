/** What can be done to the seeds by hand: a seed added, moved, taken away; undo. Each change says why. */

import { type ReactNode, useEffect, useId } from "react";
import { type Key, useWords } from "../../language";
import type { DoneState, SeenSeed } from "../../types/verifications";
import type { Point } from "../../viewer/geometry";
import type { VerificationInHand } from "./useVerification";

/** A seed that is being placed: the end that was pointed at first, and where the pointer is. */
export interface Placing {
  from_mm: Point | null;
  to_mm: Point | null;
}

interface Props {
  hand: VerificationInHand;
  state: DoneState;
  chosen: SeenSeed | null;
  why: string;
  onWhy: (why: string) => void;
  placing: Placing | null;
  onPlacing: (placing: Placing | null) => void;
}

const STEP_MM = 0.5;
export type Hand = "added" | "moved" | "removed";

/** What is said where nobody typed a reason. */
export function reasonOf(t: (key: Key) => string, why: string, what: Hand): string {
  return why.trim() || t(`verify.why.${what}`);
}

export function HandTools({ hand, state, chosen, why, onWhy, placing, onPlacing }: Props): ReactNode {
  const { t } = useWords();
  const list = useId();
  const held = chosen?.counts ? chosen : null;

  function remove(): void {
    if (held) void hand.edit({ kind: "remove_seed", seed: held.number, why: reasonOf(t, why, "removed") });
  }

  /** Push the chosen seed along its own axis. */
  function step(by_mm: number): void {
    if (!held?.axis) return;
    const axis = held.axis;
    const position_mm = held.position_mm.map((value, at) => value + by_mm * (axis[at] as number)) as Point;
    void hand.edit({ kind: "move_seed", seed: held.number, position_mm, why: reasonOf(t, why, "moved") });
  }

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.closest("input, select, textarea, dialog")) return;
      const control = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (hand.busy) return;
      if (control && key === "z") void hand.edit({ kind: event.shiftKey ? "redo" : "undo" });
      else if (control && key === "y") void hand.edit({ kind: "redo" });
      else if (control || event.altKey) return;
      else if (key === "n") onPlacing(placing ? null : { from_mm: null, to_mm: null });
      else if (key === "escape" && placing) onPlacing(null);
      else if (key === "delete") remove();
      else if (key === "[" || key === "]") step(key === "]" ? STEP_MM : -STEP_MM);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  return (
    <div role="toolbar" aria-label={t("verify.hand")} className="stack">
      <div className="row">
        <button type="button" disabled={!state.can_undo || hand.busy} onClick={() => void hand.edit({ kind: "undo" })}>
          {t("plan.undo")}
        </button>
        <button type="button" disabled={!state.can_redo || hand.busy} onClick={() => void hand.edit({ kind: "redo" })}>
          {t("plan.redo")}
        </button>
        <button type="button" aria-pressed={placing !== null} onClick={() => onPlacing(placing ? null : { from_mm: null, to_mm: null })}>
          {t("verify.hand.add")}
        </button>
        <button type="button" disabled={!held || hand.busy} onClick={remove}>
          {t("verify.hand.remove")}
        </button>
      </div>
      {placing ? (
        <p role="status" className="warn">
          {t("verify.placing")}
        </p>
      ) : null}
      <label>
        {t("verify.why")}
        <input value={why} maxLength={200} list={list} placeholder={t("verify.why.hint")} onChange={(event) => onWhy(event.target.value)} />
        <datalist id={list}>
          {(["added", "twice", "removed", "moved"] as const).map((each) => (
            <option key={each} value={t(`verify.why.${each}`)} />
          ))}
        </datalist>
      </label>
      <p className="soft">{t("verify.hand.keys")}</p>
    </div>
  );
}
