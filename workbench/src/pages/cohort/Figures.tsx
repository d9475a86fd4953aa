/** The figures; one is enlarged by pressing on it. They are white, as they are printed. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { useWords } from "../../language";
import type { Analysis, Figure } from "../../types/cohort";
import { fileAddress } from "./question";

export function Figures({ analysis }: { analysis: Analysis }): ReactNode {
  const { t } = useWords();
  const [large, setLarge] = useState<Figure | null>(null);
  return (
    <>
      <div className="figures">
        {analysis.shown.figures.map((figure) => (
          <figure key={figure.id}>
            <button type="button" className="picture" onClick={() => setLarge(figure)} aria-label={t("cohort.enlarge", { title: figure.title })}>
              <img src={picture(analysis, figure)} alt={figure.title} loading="lazy" />
            </button>
            <figcaption>
              <strong>{figure.title}</strong> <FileLinks analysis={analysis} figure={figure} />
            </figcaption>
          </figure>
        ))}
      </div>
      {large ? <Large analysis={analysis} figure={large} onClose={() => setLarge(null)} /> : null}
    </>
  );
}

function picture(analysis: Analysis, figure: Figure): string {
  return fileAddress(analysis.id, figure.files.find((each) => each.endsWith(".svg")) ?? figure.files[0] ?? "");
}

function FileLinks({ analysis, figure }: { analysis: Analysis; figure: Figure }): ReactNode {
  return figure.files.map((each) => (
    <a key={each} className="small" href={fileAddress(analysis.id, each)} download>
      {each.split(".").pop()?.toUpperCase()}{" "}
    </a>
  ));
}

function Large({ analysis, figure, onClose }: { analysis: Analysis; figure: Figure; onClose: () => void }): ReactNode {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="large" aria-label={figure.title} onClose={onClose}>
      <div className="row spread">
        <strong>{figure.title}</strong>
        <span>
          <FileLinks analysis={analysis} figure={figure} />
          <button type="button" onClick={() => dialog.current?.close()}>
            {t("app.close")}
          </button>
        </span>
      </div>
      <img src={picture(analysis, figure)} alt={figure.caption || figure.title} />
      <p className="small">{figure.caption}</p>
    </dialog>
  );
}
