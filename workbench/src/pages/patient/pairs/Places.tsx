/** Places to look at: planes of the lesion, seeds, middles of structures. */

import type { ReactNode } from "react";
import { useWords } from "../../../language";
import type { PairPlace } from "../../../types/pairs";
import { type ViewStore, useView } from "../../../viewer/viewState";
import { placeAt } from "./pairing";

interface Props {
  places: readonly PairPlace[];
  view: ViewStore;
  slice_mm: number;
  onGo: (place: PairPlace) => void;
}

export function Places({ places, view, slice_mm, onGo }: Props): ReactNode {
  const { t, number } = useWords();
  const { crosshair_mm } = useView(view);
  const here = placeAt(places, crosshair_mm, slice_mm);
  return (
    <>
      <div className="row spread">
        <h2>{t("pairs.places")}</h2>
        <span className="soft small">
          <kbd>[</kbd> <kbd>]</kbd>
        </span>
      </div>
      <ul className="list pair-places">
        {places.map((place, at) => (
          <li key={`${place.why} ${place.name} ${place.position_mm[2]}`}>
            <button type="button" aria-pressed={at === here} onClick={() => onGo(place)}>
              {t(`pairs.place.${place.why}`, { name: place.name })}
            </button>
            <span className="soft small">z {number(place.position_mm[2])} mm</span>
          </li>
        ))}
      </ul>
    </>
  );
}
