import { type ReactNode, useMemo, useState } from "react";
import { Link, useParams } from "wouter";
import { useWords } from "../language";
import { personName } from "../language/names";
import { Said } from "../parts/Said";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";
import { ThreePlanes } from "../viewer/ThreePlanes";
import { type LoadedCase, useCase } from "../viewer/useCase";
import { useView, type ViewStore } from "../viewer/viewState";
import type { Volume } from "../viewer/volume";
import { SceneCorner } from "./case/SceneCorner";
import { type Pen, Structures } from "./case/Structures";
import { useDrawing } from "./case/useDrawing";
import type { CaseDetail } from "../types/cases";
import { Plans } from "./case/Plans";
import { idPath } from "./patients/address";
import { Verifications } from "./case/Verifications";

export default function CasePage(): ReactNode {
  const name = useParams<{ case: string }>().case;
  const loaded = useCase(name);
  if (loaded.error) return <Trouble error={loaded.error} onRetry={() => location.reload()} />;
  const { detail, volume, view } = loaded;
  if (!detail || !volume || !view) return <Waiting />;
  return <OpenCase key={name} loaded={loaded} detail={detail} volume={volume} view={view} />;
}

interface Props {
  loaded: LoadedCase;
  detail: CaseDetail;
  volume: Volume;
  view: ViewStore;
}

function OpenCase({ loaded, detail, volume, view }: Props): ReactNode {
  const { t, date, language } = useWords();
  const may = useMay("clinician", "physicist");
  const drawing = useDrawing(loaded.structures, detail.geometry, loaded.reload);
  const [pen, setPen] = useState<Pen>({ on: false, wipe: false, radius_mm: 8 });
  const { crosshair_mm } = useView(view);
  const overlay = useMemo(
    () => ({ structures: drawing.structures, seeds: [], needles: [], dose: {}, prescription_gy: 0, chosenSeed: null }),
    [drawing.structures],
  );
  return (
    <div className="workspace">
      <aside className="side">
        <section className="panel">
          <h1>{detail.patient_id || t("app.unknown")}</h1>
          <p>
            {personName(detail.patient_name, language)} · {date(detail.study_date)}
          </p>
          <p className="soft">{detail.series_description}</p>
          {detail.synthetic ? <p className="warn">{t("cases.synthetic")}</p> : null}
          {loaded.whole ? null : <p role="status">{t("cases.rest")}…</p>}
          <Link href={`/patients/${idPath(detail.patient_id)}`}>{t("cases.toPatient")}</Link>
        </section>
        <Structures
          caseName={detail.case}
          drawing={drawing}
          summaries={detail.structures}
          colours={detail.colours}
          pen={pen}
          onPen={setPen}
          z_mm={crosshair_mm[2]}
          step_mm={detail.geometry.spacing_mm[2]}
          may={may}
        />
        <Plans detail={detail} structures={drawing.structures} reload={loaded.reload} />
        <Verifications detail={detail} />
        {detail.notes.length ? (
          <section className="panel">
            <h2>{t("cases.notes")}</h2>
            <ul className="notes">
              {detail.notes.map((note) => (
                <li key={note}>
                  <Said text={note} />
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </aside>
      <ThreePlanes
        volume={volume}
        view={view}
        overlay={overlay}
        corner={<SceneCorner caseName={detail.case} kept={loaded.structures} view={view} />}
        {...(pen.on && may && drawing.chosen
          ? { onPen: (_axis, place, phase) => drawing.paint(place, phase, pen.radius_mm, pen.wipe) }
          : {})}
      />
    </div>
  );
}
