/** Keys of the plan page: undo, redo, delete, and steps of a seed along its needle. */

import { useEffect } from "react";
import type { PlanInHand } from "./usePlan";

const STEP_MM = 0.5;

export function useKeys(hand: PlanInHand, chosen: number | null, choose: (seed: number | null) => void, may: boolean): void {
  useEffect(() => {
    if (!may) return;
    const press = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLElement && event.target.closest("input, select, textarea")) return;
      const control = event.ctrlKey || event.metaKey;
      if (control && event.key.toLowerCase() === "z") {
        event.preventDefault();
        void hand.edit({ kind: event.shiftKey ? "redo" : "undo" });
      } else if (control && event.key.toLowerCase() === "y") {
        event.preventDefault();
        void hand.edit({ kind: "redo" });
      } else if (event.key === "Delete" && chosen !== null) {
        void hand.edit({ kind: "remove_seed", seed: chosen }).then((done) => done && choose(null));
      } else if ((event.key === "[" || event.key === "]") && chosen !== null) stepSeed(hand, chosen, event.key === "]" ? STEP_MM : -STEP_MM);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [hand, chosen, choose, may]);
}

/** Push a seed along its own axis. */
function stepSeed(hand: PlanInHand, chosen: number, by_mm: number): void {
  const seed = hand.plan?.seeds[chosen];
  if (!seed?.axis) return;
  const [x, y, z] = seed.position_mm;
  const [u, v, w] = seed.axis;
  void hand.edit({ kind: "move_seed", seed: chosen, position_mm: [x + by_mm * u, y + by_mm * v, z + by_mm * w] });
}
