/** What the lines and marks over the pictures are. */

import type { ReactNode } from "react";
import { useWords } from "../../../language";
import type { DonePair, PairSections } from "../../../types/pairs";
import { SIDES } from "../../../types/pairs";
import type { DrawnStructure } from "../../../viewer/cuts";
import { SEED_COLOURS } from "./pairing";

interface Props {
  pair: DonePair;
  before: readonly DrawnStructure[];
  /** Of the CT after. */
  sections: PairSections | undefined;
}

export function Legend({ pair, before, sections }: Props): ReactNode {
  const { t } = useWords();
  const lesion = before.find((each) => each.name === pair.around);
  const after = sections?.structures.find((each) => each.name === sections.lesion?.after?.name);
  const seeds = (kind: "planned" | "found"): boolean => SIDES.some((side) => pair.seeds[side][kind].length > 0);
  return (
    <ul className="legend">
      {lesion ? <Line colour={lesion.colour} text={t("pairs.legend.before", { name: lesion.name })} /> : null}
      {lesion ? <Line colour={lesion.colour} dashed text={t("pairs.legend.dashed")} /> : null}
      {after && after.colour !== lesion?.colour ? <Line colour={after.colour} text={t("pairs.legend.after", { name: after.name })} /> : null}
      {seeds("planned") ? <Line colour={SEED_COLOURS.planned} dashed text={t("pairs.legend.planned")} /> : null}
      {seeds("found") ? <Line colour={SEED_COLOURS.found} text={t("pairs.legend.found")} /> : null}
      <li>
        <span className="pair-nothing" aria-hidden="true" /> {t("pairs.legend.nothing")}
      </li>
    </ul>
  );
}

function Line({ colour, dashed = false, text }: { colour: string; dashed?: boolean; text: string }): ReactNode {
  return (
    <li>
      <svg width={22} height={10} aria-hidden="true">
        <line x1={1} y1={5} x2={21} y2={5} stroke={colour} strokeWidth={2} strokeDasharray={dashed ? "5 3" : "none"} />
      </svg>
      {text}
    </li>
  );
}
