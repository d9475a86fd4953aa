/** The figure for a report, as the command `seedbed before-after` draws it. */

import { type ReactNode, type RefObject, useState } from "react";
import { call } from "../../../api";
import { useWords } from "../../../language";
import { Trouble } from "../../../parts/Trouble";
import type { DonePair, Side } from "../../../types/pairs";
import type { ViewStore } from "../../../viewer/viewState";
import { type Choice, pictureView, queryOf } from "./pairing";

interface Props {
  place: string;
  choice: Choice;
  pair: DonePair;
  view: ViewStore;
  pets: Record<Side, string>;
  pet_max: number;
  /** The pictures on the screen, whose size says what is seen. */
  box: RefObject<HTMLDivElement | null>;
}

export function PicturePanel({ place, choice, pair, view, pets, pet_max, box }: Props): ReactNode {
  const { t } = useWords();
  const [planes, setPlanes] = useState<"this" | "lesion">("this");
  const [dates, setDates] = useState(true);
  const [drawing, setDrawing] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const both = Boolean(pets.before && pets.after);

  async function draw(form: "png" | "svg"): Promise<void> {
    setDrawing(form);
    setProblem(null);
    try {
      const answer = await call(`${place}/picture?${queryOf(choice, { ...asked(), form, dates })}`);
      save(await answer.blob(), `before-after.${form}`);
    } catch (refused) {
      setProblem(refused);
    }
    setDrawing(null);
  }

  function asked(): Record<string, string | number> {
    const size = box.current;
    const { at, field_mm, window } = pictureView(view.get(), [(size?.clientWidth ?? 960) / 2, size?.clientHeight ?? 480]);
    return {
      window,
      ...(planes === "this" ? { at, field_mm } : {}),
      ...(both ? { pet_before: pets.before, pet_after: pets.after, pet_max } : {}),
    };
  }

  return (
    <>
      <h2>{t("pairs.picture")}</h2>
      <div className="stack">
        {pair.places.some((each) => each.why === "largest") ? (
          <label>
            {t("pairs.picture.planes")}
            <select value={planes} onChange={(event) => setPlanes(event.target.value === "lesion" ? "lesion" : "this")}>
              <option value="this">{t("pairs.picture.this")}</option>
              <option value="lesion">{t("pairs.picture.lesion")}</option>
            </select>
          </label>
        ) : null}
        <label className="tick">
          <input type="checkbox" checked={dates} onChange={(event) => setDates(event.target.checked)} />
          {t("pairs.picture.dates")}
        </label>
        <div className="row">
          {(["png", "svg"] as const).map((form) => (
            <button key={form} type="button" className={form === "png" ? "primary" : ""} disabled={drawing !== null} onClick={() => void draw(form)}>
              {t("pairs.picture.save", { form: form.toUpperCase() })}
            </button>
          ))}
        </div>
        <p role="status" className="small soft">
          {drawing ? `${t("pairs.picture.drawing")}…` : t("pairs.picture.text")}
        </p>
        {!both && (pets.before || pets.after) ? <p className="small warn">{t("pairs.picture.noPet")}</p> : null}
        {problem ? <Trouble error={problem} /> : null}
      </div>
    </>
  );
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
