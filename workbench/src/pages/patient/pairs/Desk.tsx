/** Both pictures beside each other, moved as one: both lie on the voxels of the CT before, in one view. */

import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useWords } from "../../../language";
import { Trouble } from "../../../parts/Trouble";
import { Waiting } from "../../../parts/Waiting";
import type { DonePair, PairPlace, PairSeries, Side } from "../../../types/pairs";
import { AXES, type Axis } from "../../../viewer/geometry";
import { petGradient, type PetLook } from "../../../viewer/pet";
import { type Overlay, SliceView } from "../../../viewer/SliceView";
import { ViewTools } from "../../../viewer/ThreePlanes";
import type { LoadedCase } from "../../../viewer/useCase";
import type { ViewStore } from "../../../viewer/viewState";
import type { Volume } from "../../../viewer/volume";
import { PRESETS } from "../../../viewer/windowing";
import { Legend } from "./Legend";
import { Match, Sizes } from "./Match";
import { type Choice, contoursAfter, placeAt, scaleEnd, seedMarks, stepPlace } from "./pairing";
import { PetPanel, usePetChoice } from "./PetPanel";
import { PicturePanel } from "./PicturePanel";
import { Places } from "./Places";
import { useDays } from "./useDays";
import { type PairInHand, type Pets, useAfter, usePets, useSections } from "./usePair";

interface Props {
  place: string;
  series: PairSeries;
  choice: Choice;
  hand: PairInHand;
  pair: DonePair;
  before: LoadedCase;
  choosing: ReactNode;
}

/** What is seen of the place to begin with, mm. */
const FIRST_FIELD_MM = 160;

export function Desk({ place, series, choice, hand, pair, before, choosing }: Props): ReactNode {
  const { t } = useWords();
  const view = before.view as ViewStore;
  const volume = before.volume as Volume;
  const first = pair.places.find((each) => each.why === "largest") ?? (pair.places[0] as PairPlace);
  const [axis, setAxis] = useState<Axis>("z");
  const box = useRef<HTMLDivElement>(null);
  const { after, whole, error } = useAfter(place, choice, pair, volume.geometry, first.position_mm);
  const { sections, error: noSections } = useSections(place, choice, pair);
  const petChoice = usePetChoice(series, choice);
  const { pets, highest, errors, loading } = usePets(place, choice, petChoice.chosen, pair.matched_at);
  const look: PetLook = { max: petChoice.max ?? scaleEnd(highest), opacity: petChoice.shown ? petChoice.opacity : 0 };
  const overlays = useOverlays(pair, before, sections, pets, look);
  useFirstPlace(view, first, box);

  function go(to: PairPlace): void {
    view.set({ crosshair_mm: to.position_mm, centre_mm: to.position_mm });
  }

  function key(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const windows = Object.values(PRESETS);
    const preset = windows[Number(event.key) - 1];
    const by = event.key === "]" ? 1 : event.key === "[" ? -1 : null;
    const at = placeAt(pair.places, view.get().crosshair_mm, volume.geometry.spacing_mm[2]);
    if (preset) view.set({ window: preset });
    else if (by) go(pair.places[stepPlace(pair.places, by < 0 && at < 0 ? 0 : at, by)] as PairPlace);
    else if (event.key === "p") petChoice.setShown(!petChoice.shown);
    else if (event.key === "a") setAxis(AXES[(AXES.indexOf(axis) + 1) % AXES.length] as Axis);
  }

  return (
    <div className="workspace pairs">
      <aside className="side">
        {choosing}
        <section className="panel">
          <Match pair={pair} hand={hand} />
        </section>
        <section className="panel">
          {sections?.lesion ? <Sizes lesion={sections.lesion} /> : null}
          <Legend pair={pair} before={before.structures} sections={sections} />
        </section>
        <section className="panel">
          <PetPanel series={series} choice={choice} hand={petChoice} look={look} loading={loading} errors={errors} />
        </section>
        <section className="panel">
          <Places places={pair.places} view={view} slice_mm={volume.geometry.spacing_mm[2]} onGo={go} />
        </section>
        <section className="panel">
          <PicturePanel place={place} choice={choice} pair={pair} view={view} pets={petChoice.shown && !errors.length ? petChoice.chosen : { before: "", after: "" }} pet_max={look.max} box={box} />
        </section>
        <Notes pair={pair} leftOut={sections?.left_out ?? []} error={noSections} />
      </aside>
      <div className="viewer" onKeyDown={key}>
        <ViewTools view={view} hasDose={false}>
          <div className="switch" role="group" aria-label={t("pairs.plane")} title={t("pairs.key", { key: "A" })}>
            {AXES.map((each) => (
              <button key={each} type="button" aria-pressed={axis === each} onClick={() => setAxis(each)}>
                {t(`view.${each}`)}
              </button>
            ))}
          </div>
        </ViewTools>
        <div className="planes pair" ref={box} data-whole={whole && before.whole}>
          <Picture side="before" series={series} choice={choice} whole={before.whole} look={overlays.before.pet?.look} pet={petChoice.chosen.before}>
            <SliceView axis={axis} volume={volume} view={view} overlay={overlays.before} />
          </Picture>
          <Picture side="after" series={series} choice={choice} whole={whole} look={overlays.after.pet?.look} pet={petChoice.chosen.after}>
            {error ? <Trouble error={error} /> : after ? <SliceView axis={axis} volume={after} view={view} overlay={overlays.after} /> : <Waiting />}
          </Picture>
        </div>
      </div>
    </div>
  );
}

interface PictureProps {
  side: Side;
  series: PairSeries;
  choice: Choice;
  whole: boolean;
  /** Of the PET that is shown. */
  look: PetLook | undefined;
  /** Its name. */
  pet: string;
  children: ReactNode;
}

function Picture({ side, series, choice, whole, look, pet, children }: PictureProps): ReactNode {
  const { t } = useWords();
  const days = useDays();
  const ct = series.cts.find((each) => each.case === choice[side]);
  const scanned = series.pets.find((each) => each.series === pet);
  return (
    <div className="plane" role="group" aria-label={t(`pairs.${side}`)} data-side={side}>
      {children}
      <span className="plane-name">
        <strong>{t(`pairs.${side}`)}</strong>
        {ct ? ` · ${[days.date(ct), days.fromImplant(ct)].filter(Boolean).join(" · ")}` : ""}
        {whole ? "" : ` · ${t("pairs.loading")}…`}
      </span>
      {look ? (
        <div className="pair-suv" role="img" aria-label={t("pairs.pet.scale", { max: look.max })}>
          <span>SUV 0</span>
          <span className="pair-bar" style={{ background: petGradient() }} />
          <span>{look.max}</span>
          {scanned && scanned.study_date !== ct?.study_date ? <span className="pair-other-day">PET {days.date(scanned)}</span> : null}
        </div>
      ) : null}
    </div>
  );
}

function Notes({ pair, leftOut, error }: { pair: DonePair; leftOut: readonly string[]; error: unknown }): ReactNode {
  const { t, say } = useWords();
  const notes = [...pair.notes.map((note) => say(note)), ...(leftOut.length ? [t("pairs.leftOut", { names: leftOut.join(", ") })] : [])];
  if (!notes.length && !error) return null;
  return (
    <section className="panel">
      <h2>{t("pairs.notes")}</h2>
      {error ? <Trouble error={error} /> : null}
      <ul className="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

function useOverlays(pair: DonePair, before: LoadedCase, sections: Parameters<typeof contoursAfter>[0], pets: Pets, look: PetLook): Record<Side, Overlay> {
  const { max, opacity } = look;
  return useMemo(() => {
    const of = (side: Side, structures: Overlay["structures"]): Overlay => {
      const pet = pets[side];
      return {
        structures,
        seeds: seedMarks(pair.seeds[side]),
        needles: [],
        dose: {},
        prescription_gy: 0,
        chosenSeed: null,
        ...(pet && opacity > 0 ? { pet: { volume: pet, look: { max, opacity } } } : {}),
      };
    };
    return { before: of("before", before.structures), after: of("after", contoursAfter(sections, before.structures, pair.around)) };
  }, [pair, before.structures, sections, pets, max, opacity]);
}

/** Begin at the largest section of the lesion, so large that its surroundings fill the picture. */
function useFirstPlace(view: ViewStore, first: PairPlace, box: React.RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const side = box.current ? Math.min(box.current.clientWidth / 2, box.current.clientHeight) : 480;
    view.set({ window: PRESETS.soft, crosshair_mm: first.position_mm, centre_mm: first.position_mm, zoom: Math.max(1, side / FIRST_FIELD_MM) });
    // once, when the pair opens
  }, [view]);
}
