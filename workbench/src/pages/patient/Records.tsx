/** All records of a patient, kind by kind: read, entered, changed, voided, and looked back on. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import useSWR from "swr";
import { get, send } from "../../api";
import { useWords } from "../../language";
import { Scrolled } from "../../parts/Scrolled";
import { Trouble } from "../../parts/Trouble";
import { Waiting } from "../../parts/Waiting";
import { useMay } from "../../session";
import type { KeptRecord, KindShape, PatientPage, RecordsOfKind } from "../../types/clinic";
import { idPath } from "../patients/address";
import { History } from "./History";
import { Latest } from "./Latest";
import { RecordForm } from "./RecordForm";
import { PrescriptionTable, ScreeningTable } from "./RuleTables";
import { shownFields } from "./recordTexts";
import { type Kinds, unitText, valueText } from "./useKinds";

interface Props {
  page: PatientPage;
  kinds: Kinds;
  kind: string;
  /** Whether the form of a new record is open at first. */
  fresh: boolean;
  onKind: (kind: string) => void;
  onChanged: () => void;
}

type Open = { mode: "new" } | { mode: "change" | "void"; kept: KeptRecord } | null;

export function Records({ page, kinds, kind, fresh, onKind, onChanged }: Props): ReactNode {
  const { t, language } = useWords();
  const may = useMay("clinician", "physicist");
  const shape = kinds.get(kind) ?? kinds.get("visit");
  if (!shape) return <Waiting />;
  return (
    <div className="workspace records">
      <nav className="panel side" aria-label={t("records.kinds")}>
        <ul className="list">
          {[...kinds.values()].map((each) => (
            <li key={each.kind}>
              <button type="button" aria-pressed={each.kind === shape.kind} onClick={() => onKind(each.kind)}>
                {each.title[language]}
              </button>
              <span className="soft">{page.counts[each.kind] ?? 0}</span>
            </li>
          ))}
        </ul>
      </nav>
      <OfKind key={shape.kind} page={page} kinds={kinds} shape={shape} may={may} fresh={fresh} onChanged={onChanged} />
    </div>
  );
}

interface OfKindProps extends Pick<Props, "page" | "kinds" | "fresh" | "onChanged"> {
  shape: KindShape;
  may: boolean;
}

function OfKind({ page, kinds, shape, may, fresh, onChanged }: OfKindProps): ReactNode {
  const { t, language } = useWords();
  const patient = page.identity.patient_id;
  const path = `/patients/${idPath(patient)}/records/${shape.path}`;
  const { data, error, mutate } = useSWR(path, (place: string) => get<RecordsOfKind>(place));
  const [open, setOpen] = useState<Open>(fresh && may ? { mode: "new" } : null);
  const [said, setSaid] = useState("");
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    setSaid("");
    top.current?.scrollIntoView({ block: "nearest" });
    top.current?.querySelector<HTMLElement>("form :is(input, select, textarea):enabled")?.focus();
  }, [open]);

  function done(sentence: string): void {
    setOpen(null);
    setSaid(sentence);
    void mutate();
    onChanged();
  }

  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  const single = shape.key.length === 1;
  return (
    <div className="stack top-less" ref={top}>
      {open?.mode === "new" || open?.mode === "change" ? (
        <section className="panel" aria-label={t(open.mode === "new" ? "records.new" : "records.change")}>
          <h2>{open.mode === "new" ? t("records.new") : t("records.change")}</h2>
          <RecordForm
            key={open.mode === "change" ? JSON.stringify(open.kept.key) : "new"}
            patient={patient}
            shape={shape}
            kept={open.mode === "change" ? open.kept : null}
            onSaved={() => done(t("records.saved"))}
            onCancel={() => setOpen(null)}
          />
          {shape.kind === "screening" ? (
            <details className="apart">
              <summary>{t("rules.beside")}</summary>
              <ScreeningTable kinds={kinds} />
              <PrescriptionTable kinds={kinds} />
            </details>
          ) : null}
        </section>
      ) : null}
      {open?.mode === "void" ? <VoidForm path={path} kept={open.kept} onDone={() => done(t("records.voided"))} onCancel={() => setOpen(null)} /> : null}
      <section className="panel">
        <div className="row spread">
          <h2>{shape.title[language]}</h2>
          {may && !(single && data.records.length) ? (
            <button type="button" className="primary" onClick={() => setOpen({ mode: "new" })}>
              {t("records.new")}
            </button>
          ) : null}
        </div>
        <p role="status" className={said ? "good" : "unseen"}>
          {said}
        </p>
        {said ? <Latest page={page} /> : null}
        {data.records.length ? <Table shape={shape} data={data} may={may} onOpen={setOpen} /> : <p className="soft">{t("records.none")}</p>}
      </section>
      <History shape={shape} changes={data.history} />
    </div>
  );
}

function Table({ shape, data, may, onOpen }: { shape: KindShape; data: RecordsOfKind; may: boolean; onOpen: (open: Open) => void }): ReactNode {
  const { t, language, date } = useWords();
  const fields = shownFields(shape, data.records.map((each) => each.record));
  return (
    <Scrolled name={shape.title[language]}>
      <table>
        <thead>
          <tr>
            {fields.map((field) => (
              <th key={field.name} scope="col">
                {field.label[language]}
                {field.unit ? ` [${unitText(field.unit, language)}]` : ""}
              </th>
            ))}
            <th scope="col">{t("records.by")}</th>
            {may ? <th scope="col">{t("records.do")}</th> : null}
          </tr>
        </thead>
        <tbody>
          {data.records.map((each) => (
            <tr key={JSON.stringify(each.key)}>
              {fields.map((field) => (
                <td key={field.name}>{field.kind.endsWith("date") ? date(String(each.record[field.name] ?? "")) : valueText({ ...field, unit: "" }, each.record[field.name], language)}</td>
              ))}
              <td className="soft">
                {each.who}, {date(each.at)}
              </td>
              {may ? (
                <td className="nowrap">
                  <button type="button" onClick={() => onOpen({ mode: "change", kept: each })}>
                    {t("records.change")}
                  </button>{" "}
                  <button type="button" onClick={() => onOpen({ mode: "void", kept: each })}>
                    {t("records.void")}
                  </button>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

function VoidForm({ path, kept, onDone, onCancel }: { path: string; kept: KeptRecord; onDone: () => void; onCancel: () => void }): ReactNode {
  const { t } = useWords();
  const [why, setWhy] = useState("");
  const [dependents, setDependents] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  async function submit(): Promise<void> {
    setProblem(null);
    try {
      await send("POST", `${path}/void`, { key: kept.key, version: kept.version, why, dependents });
      onDone();
    } catch (refused) {
      setProblem(refused);
    }
  }

  return (
    <form
      className="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2>{t("records.voidTitle", { key: kept.key.slice(1).join(", ") || kept.key.join("") })}</h2>
      <p className="soft">{t("records.voidText")}</p>
      <label>
        {t("form.why")}
        <input value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} required autoFocus />
      </label>
      <label className="inline">
        <input type="checkbox" checked={dependents} onChange={(event) => setDependents(event.target.checked)} />
        {t("records.dependents")}
      </label>
      {problem ? <Trouble error={problem} /> : null}
      <div className="row">
        <button className="danger" disabled={!why.trim()}>
          {t("records.void")}
        </button>
        <button type="button" onClick={onCancel}>
          {t("app.cancel")}
        </button>
      </div>
    </form>
  );
}
