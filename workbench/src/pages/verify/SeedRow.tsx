/** What a person has to look at: a row of small pictures, accepted or refused by A and R. */

import { type ReactNode, useEffect, useRef } from "react";
import { useWords } from "../../language";
import type { SeedState, SeenSeed } from "../../types/verifications";
import { Said } from "../../parts/Said";
import { nextOpen, rowOf } from "./marks";
import { nameOf, standingOf, surenessOf } from "./sureness";

interface Props {
  name: string;
  seeds: readonly SeenSeed[];
  chosen: number | null;
  may: boolean;
  busy: boolean;
  onChoose: (seed: number) => void;
  onJudge: (seed: number, state: SeedState) => Promise<boolean>;
}

/** The server's words, which stand beside a doubt of the seed's own. */
export const SURPLUS = "more seeds were found than were implanted, and this is one of the least certain";
const MARKS: Record<SeedState | "certain", string> = { certain: "✓", open: "?", accepted: "✓", refused: "✗" };
const LOOKS: Record<SeedState | "certain", string> = { certain: "good", open: "warn", accepted: "good", refused: "bad" };

export function SeedRow({ name, seeds, chosen, may, busy, onChoose, onJudge }: Props): ReactNode {
  const { t } = useWords();
  const row = rowOf(seeds);
  const other = seeds.find((seed) => seed.number === chosen && !seed.doubtful);
  const shown = other ? [other, ...row] : row;
  const open = row.filter((seed) => seed.state === "open").length;
  const list = useRef<HTMLUListElement>(null);

  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [chosen]);

  async function judge(seed: SeenSeed, state: SeedState): Promise<void> {
    if (!may || busy) return;
    const next = nextOpen(row, seed.number);
    const before = seed.hand === "added" || seed.hand === "moved" ? "accepted" : "open";
    const done = await onJudge(seed.number, seed.state === state ? before : state);
    if (done && seed.state === "open" && next !== null) onChoose(next);
  }

  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLElement && event.target.closest("input, select, textarea, canvas, dialog")) return;
      const at = shown.findIndex((seed) => seed.number === chosen);
      const seed = shown[at];
      const key = event.key.toLowerCase();
      if (seed && (key === "a" || key === "r")) void judge(seed, key === "a" ? "accepted" : "refused");
      else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
        const next = shown[Math.min(shown.length - 1, Math.max(0, at + (event.key === "ArrowRight" ? 1 : -1)))];
        if (next) onChoose(next.number);
      } else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  return (
    <section className="panel seed-row" aria-labelledby="seed-row-title">
      <div className="row">
        <h2 id="seed-row-title">{t("verify.doubtful")}</h2>
        <span role="status" className={open ? "warn" : "good"}>
          {open ? t("verify.open", { count: open }) : t("verify.allSeen")}
        </span>
        <span className="soft">{t(may ? "verify.keys" : "verify.look")}</span>
      </div>
      {shown.length ? (
        <ul ref={list}>
          {shown.map((seed) => (
            <Tile key={seed.number} name={name} seed={seed} chosen={seed.number === chosen} may={may && !busy} onChoose={onChoose} onJudge={(state) => void judge(seed, state)} />
          ))}
        </ul>
      ) : (
        <p className="soft">{t("verify.noDoubt")}</p>
      )}
    </section>
  );
}

interface TileProps {
  name: string;
  seed: SeenSeed;
  chosen: boolean;
  may: boolean;
  onChoose: (seed: number) => void;
  onJudge: (state: SeedState) => void;
}

function Tile({ name, seed, chosen, may, onChoose, onJudge }: TileProps): ReactNode {
  const words = useWords();
  const { t, said } = words;
  const doubt = said(seed.doubt) ?? seed.doubt;
  const called = nameOf(words, seed);
  const standing = standingOf(seed);
  const at = seed.placed_version === undefined ? "" : `?placed=${seed.placed_version}`;
  return (
    <li aria-current={chosen} className={seed.state}>
      <button type="button" className="thumb" title={doubt} onClick={() => onChoose(seed.number)}>
        <img src={`/api/v1/verifications/${name}/thumbs/${seed.number}${at}`} alt="" width={216} height={72} loading="lazy" />
        <span>
          {called} · {surenessOf(words, seed)}
        </span>
      </button>
      <div className="row">
        <span className={LOOKS[standing]}>
          {MARKS[standing]} {t(`verify.state.${standing}`)}
        </span>
        {(["accepted", "refused"] as const).map((state) => (
          <button
            key={state}
            type="button"
            disabled={!may}
            aria-pressed={seed.state === state}
            aria-label={`${t(`verify.do.${state}`)}: ${called}`}
            onClick={() => onJudge(state)}
          >
            {t(`verify.do.${state}`)}
          </button>
        ))}
      </div>
      <p className="soft" title={seed.why || doubt}>
        {seed.by ? `${seed.by}${seed.why ? `: ${seed.why}` : ""}` : <Said text={seed.doubt} />}
        {seed.surplus && !seed.by && seed.doubt !== SURPLUS ? (
          <>
            <br />
            <Said text={SURPLUS} />
          </>
        ) : null}
      </p>
    </li>
  );
}
