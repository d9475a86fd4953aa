/** How the two lie on each other and how far that can be trusted; how large the lesion is on each. */

import type { ReactNode } from "react";
import { useWords } from "../../../language";
import { Said } from "../../../parts/Said";
import { useMay } from "../../../session";
import type { DonePair, PairSections } from "../../../types/pairs";
import { changePct, signed } from "./pairing";
import type { PairInHand } from "./usePair";

export function Match({ pair, hand }: { pair: DonePair; hand: PairInHand }): ReactNode {
  const { t, number } = useWords();
  const may = useMay("clinician", "physicist");
  const { match } = pair;
  const good = match.grade === "good";
  const registered = match.by === "registration";
  const main: [string, string][] = [
    [t(registered ? "pairs.error.registration" : "pairs.error.frame"), `${number(match.error_mm)} mm`],
    [t("pairs.around"), pair.around || t("pairs.around.all")],
  ];
  const more: [string, string][] = [
    [t("pairs.correlation"), number(match.correlation, 2)],
    ...(match.bone_overlap === null ? [] : [[t("pairs.bone"), number(match.bone_overlap, 2)] as [string, string]]),
    [t("pairs.shared"), `${number(100 * match.shared_part, 0)} %`],
    ...(registered ? [[t("pairs.moved"), t("pairs.movedBy", { mm: number(match.shift_mm), deg: number(match.angle_deg) })] as [string, string]] : []),
    ...(match.tilt_deg >= 0.05 ? [[t("pairs.tilt"), `${number(match.tilt_deg)}°`] as [string, string]] : []),
  ];
  return (
    <>
      <h2>{t("pairs.alignment")}</h2>
      <p className="pair-grade">
        {t(`pairs.by.${match.by}`)}: <strong className={good ? "good" : "warn"}>{good ? `✓ ${t("pairs.good")}` : `△ ${t("pairs.look")}`}</strong>
      </p>
      {match.why ? (
        <p className="warn small">
          <Said text={match.why} />
        </p>
      ) : null}
      <Facts facts={main} />
      <details open={!good}>
        <summary>{t("pairs.more")}</summary>
        <Facts facts={more} />
        <p className="soft small">{t("pairs.bends")}</p>
        {may ? (
          <button type="button" className="small" disabled={hand.working} onClick={() => void hand.start(true)}>
            {t("pairs.again")}
          </button>
        ) : null}
      </details>
    </>
  );
}

function Facts({ facts }: { facts: readonly [string, string][] }): ReactNode {
  return (
    <dl className="pair-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Sizes({ lesion }: { lesion: NonNullable<PairSections["lesion"]> }): ReactNode {
  const { t, number } = useWords();
  const { before, after } = lesion;
  const rows = [
    { name: t("pairs.longest"), unit: "mm", values: [before?.longest_mm, after?.longest_mm], decimals: 1 },
    { name: t("pairs.volume"), unit: "cc", values: [before?.volume_cc, after?.volume_cc], decimals: 2 },
  ];
  return (
    <>
      <h2>{t("pairs.sizes", { name: lesion.name })}</h2>
      <table className="pair-sizes">
        <thead>
          <tr>
            <td />
            <th scope="col">{t("pairs.before")}</th>
            <th scope="col">{t("pairs.after")}</th>
            <th scope="col">{t("pairs.change")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, unit, values, decimals }) => {
            const change = changePct(values[0], values[1]);
            return (
              <tr key={name}>
                <th scope="row">
                  {name}, {unit}
                </th>
                <td>{number(values[0], decimals)}</td>
                <td>{number(values[1], decimals)}</td>
                <td>{change === null ? "–" : `${signed(change)} %`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className="soft small">{t(after ? "pairs.sizes.text" : "pairs.sizes.noAfter")}</p>
    </>
  );
}
