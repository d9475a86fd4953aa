/** The structures of a case: chosen, drawn with a brush, filled in between slices, saved. */

import { type FormEvent, type ReactNode, useState } from "react";
import { send } from "../../api";
import { type Key, useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { StructureSummary } from "../../types/cases";
import { type DrawnStructure, slicesLacking, type StructurePlane } from "../../viewer/cuts";
import { LONGEST_NAME, type NameFault, nameFault } from "./structureName";
import type { Drawing } from "./useDrawing";

export interface Pen {
  on: boolean;
  wipe: boolean;
  radius_mm: number;
}

interface Props {
  caseName: string;
  drawing: Drawing;
  summaries: readonly StructureSummary[];
  colours: readonly string[];
  pen: Pen;
  onPen: (pen: Pen) => void;
  z_mm: number;
  /** Between slices of the CT. */
  step_mm: number;
  may: boolean;
}

const ROLES: DrawnStructure["role"][] = ["target", "organ", "outline", "other"];

export function Structures({ caseName, drawing, summaries, colours, pen, onPen, z_mm, step_mm, may }: Props): ReactNode {
  const { t, number } = useWords();
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const volumes = new Map(summaries.map((each) => [each.name, each.volume_cc]));
  const anyChanged = drawing.structures.some((each) => drawing.changed(each.name));

  async function tried(action: () => Promise<void>): Promise<void> {
    setProblem(null);
    setBusy(true);
    try {
      await action();
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  async function fill(): Promise<void> {
    if (!drawing.chosen) return;
    const path = `/cases/${caseName}/structures/interpolate?name=${encodeURIComponent(drawing.chosen.name)}`;
    const { planes } = await send<{ planes: StructurePlane[] }>("POST", path, { planes: drawing.chosen.planes });
    drawing.merge(drawing.chosen.name, planes);
  }

  return (
    <section className="panel">
      <h2>{t("draw.title")}</h2>
      <ul className="list">
        {drawing.structures.map((each) => (
          <li key={each.name}>
            <button type="button" aria-pressed={drawing.chosen?.name === each.name} onClick={() => drawing.choose(each.name)}>
              <span className="swatch" style={{ background: each.colour }} /> {each.name}
              {drawing.changed(each.name) ? <em className="warn"> · {t("draw.changed")}</em> : null}
            </button>
            <span className="soft">
              {t(`draw.role.${each.role}` as Key)} · {number(volumes.get(each.name))} cm³
            </span>
            {slicesLacking(each, step_mm) ? <span className="warn">{t("draw.lacking", { count: slicesLacking(each, step_mm) })}</span> : null}
          </li>
        ))}
      </ul>
      {may ? <NewStructure drawing={drawing} colours={colours} /> : null}
      {may && drawing.chosen?.version === 0 ? <Rename key={drawing.chosen.name} drawing={drawing} name={drawing.chosen.name} busy={busy} /> : null}
      {may && drawing.chosen ? (
        <div className="stack" role="group" aria-label={t("draw.tools")}>
          <div className="row">
            <button type="button" aria-pressed={pen.on && !pen.wipe} onClick={() => onPen({ ...pen, on: !(pen.on && !pen.wipe), wipe: false })}>
              {t("draw.paint")}
            </button>
            <button type="button" aria-pressed={pen.on && pen.wipe} onClick={() => onPen({ ...pen, on: !(pen.on && pen.wipe), wipe: true })}>
              {t("draw.wipe")}
            </button>
            <button type="button" onClick={() => drawing.clearPlane(z_mm)}>
              {t("draw.clear")}
            </button>
            <button type="button" disabled={busy} onClick={() => void tried(fill)}>
              {t("draw.between")}
            </button>
          </div>
          <label>
            {t("draw.radius", { mm: pen.radius_mm })}
            <input type="range" min={1} max={30} value={pen.radius_mm} onChange={(event) => onPen({ ...pen, radius_mm: Number(event.target.value) })} />
          </label>
        </div>
      ) : null}
      {may ? (
        <div className="row below">
          <button type="button" className="primary" disabled={!anyChanged || busy} onClick={() => void tried(() => drawing.save(caseName))}>
            {t("app.save")}
          </button>
          <button type="button" disabled={!drawing.canUndo} onClick={drawing.undo}>
            {t("draw.undo")}
          </button>
          <button type="button" disabled={!anyChanged || busy} onClick={() => void tried(drawing.drop)}>
            {t("draw.drop")}
          </button>
        </div>
      ) : null}
      {problem ? <Trouble error={problem} /> : null}
    </section>
  );
}

function NewStructure({ drawing, colours }: { drawing: Drawing; colours: readonly string[] }): ReactNode {
  const { t } = useWords();
  const [fault, setFault] = useState<[NameFault, string] | null>(null);
  function add(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name")).trim();
    const found = nameFault(name, namesOf(drawing));
    setFault(found ? [found, name] : null);
    if (found) return;
    const used = new Set(drawing.structures.map((each) => each.colour));
    const colour = colours.find((each) => !used.has(each)) ?? colours[drawing.structures.length % colours.length] ?? "#ff3344";
    drawing.add(name, String(form.get("role")) as DrawnStructure["role"], colour);
    event.currentTarget.reset();
  }
  return (
    <form className="row" onSubmit={add}>
      <input name="name" aria-label={t("draw.name")} placeholder={t("draw.name")} size={20} />
      <select name="role" aria-label={t("draw.role")}>
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`draw.role.${role}` as Key)}
          </option>
        ))}
      </select>
      <button>{t("draw.new")}</button>
      <Fault fault={fault} />
    </form>
  );
}

function Rename({ drawing, name, busy }: { drawing: Drawing; name: string; busy: boolean }): ReactNode {
  const { t } = useWords();
  const [fault, setFault] = useState<[NameFault, string] | null>(null);
  function rename(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const to = String(new FormData(event.currentTarget).get("renamed")).trim();
    if (to === name) return;
    const found = nameFault(to, namesOf(drawing));
    setFault(found ? [found, to] : null);
    if (!found) drawing.rename(name, to);
  }
  return (
    <form className="row" onSubmit={rename}>
      <input name="renamed" aria-label={t("draw.renamed", { name })} defaultValue={name} size={12} />
      <button disabled={busy}>{t("draw.rename")}</button>
      <Fault fault={fault} />
    </form>
  );
}

function Fault({ fault }: { fault: [NameFault, string] | null }): ReactNode {
  const { t } = useWords();
  if (!fault) return null;
  const [why, name] = fault;
  return (
    <span className="bad" role="alert">
      {t(why === "exists" ? "draw.exists" : "draw.unkept", { name, most: LONGEST_NAME })}
    </span>
  );
}

function namesOf(drawing: Drawing): string[] {
  return drawing.structures.map((each) => each.name);
}
