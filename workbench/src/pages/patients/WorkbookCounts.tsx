/** How many records of a workbook are added, changed and so on, and what was remarked. */

import type { ReactNode } from "react";
import { useWords } from "../../language";
import { Said } from "../../parts/Said";
import type { WorkbookCounts } from "../../types/workbooks";

const ORDER = ["added", "changed", "restored", "unchanged", "left_voided"] as const;

export function Counts({ counts, remarks }: { counts: WorkbookCounts | null; remarks: readonly string[] }): ReactNode {
  const { t } = useWords();
  return (
    <>
      {counts ? (
        <dl className="counts">
          {ORDER.filter((each) => counts[each] > 0 || each === "added" || each === "changed").map((each) => (
            <div key={each}>
              <dt>{t(`workbook.count.${each}`)}</dt>
              <dd>{counts[each]}</dd>
            </div>
          ))}
        </dl>
      ) : null}
      {remarks.map((remark) => (
        <p key={remark} className="warn">
          <Said text={remark} />
        </p>
      ))}
    </>
  );
}
