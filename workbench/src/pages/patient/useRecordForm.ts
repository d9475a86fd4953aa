/** The state of one form: its texts, kept as a draft; its faults, asked of the server while one types. */

import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError, send } from "../../api";
import { useSession } from "../../session";
import type { Checked, KeptRecord, KindShape } from "../../types/clinic";
import { idPath } from "../patients/address";
import { draftKey, dropDraft, keepDraft, readDraft } from "./drafts";
import { isBarred, type Texts, textsOf } from "./recordTexts";

const PAUSE_MS = 250;
const NOTHING: Checked = { record: null, faults: [], version: 0 };

export interface RecordFormState {
  texts: Texts;
  set: (name: string, text: string) => void;
  checked: Checked;
  checking: "fresh" | "waiting" | "unreached";
  left: ReadonlySet<string>;
  leave: (name: string) => void;
  told: boolean;
  confirmed: ReadonlySet<string>;
  confirm: (sentence: string, yes: boolean) => void;
  /** What was brought back: text that somebody typed, or what a verification filled in. */
  fromDraft: "typed" | "verification" | null;
  discard: () => void;
  busy: boolean;
  problem: unknown;
  conflict: boolean;
  rebase: (version: number, texts?: Texts) => void;
  save: (why: string) => Promise<KeptRecord | null>;
}

export function useRecordForm(patient: string, shape: KindShape, kept: KeptRecord | null): RecordFormState {
  const { session } = useSession();
  const user = useRef(session?.user?.name ?? "");
  const key = draftKey(user.current, patient, shape.kind, kept?.key ?? null);
  const [draft] = useState(() => readDraft(sessionStorage, key));
  const [texts, setTexts] = useState<Texts>(() => ({ ...textsOf(shape, kept?.record ?? null), ...draft?.texts }));
  const [version, setVersion] = useState(draft?.version ?? kept?.version ?? 0);
  const [touched, setTouched] = useState(draft !== null);
  const [checked, setChecked] = useState<Checked>(NOTHING);
  const [checking, setChecking] = useState<RecordFormState["checking"]>("waiting");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [told, setTold] = useState(false);
  const [confirmed, setConfirmed] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const place = `/patients/${idPath(patient)}/records/${shape.path}`;

  useEffect(() => {
    if (touched) keepDraft(sessionStorage, key, { ...draft, texts, version });
  }, [touched, key, draft, texts, version]);

  useEffect(() => {
    const stop = new AbortController();
    setChecking("waiting");
    const later = setTimeout(() => {
      send<Checked>("POST", `${place}/check`, { record: stated(texts), version }, stop.signal).then(
        (found) => {
          setChecked(found);
          setChecking("fresh");
        },
        (error: unknown) => {
          if (!stop.signal.aborted) setChecking("unreached");
          if (error instanceof ApiError && error.status === 400) setProblem(error);
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [place, texts, version]);

  const set = useCallback((name: string, text: string) => {
    setTouched(true);
    setTexts((before) => ({ ...before, [name]: text }));
  }, []);

  async function save(why: string): Promise<KeptRecord | null> {
    setTold(true);
    setProblem(null);
    setBusy(true);
    try {
      const now = await send<Checked>("POST", `${place}/check`, { record: stated(texts), version });
      setChecked(now);
      if (isBarred(now.faults, confirmed) && now.version === version) return null;
      const body = { record: stated(texts), version, why, confirmed: [...confirmed] };
      const saved = await send<KeptRecord>("PUT", place, body);
      dropDraft(sessionStorage, key);
      setTouched(false);
      return saved;
    } catch (error) {
      setProblem(error);
      return null;
    } finally {
      setBusy(false);
    }
  }

  return {
    texts,
    set,
    checked,
    checking,
    left,
    leave: (name) => setLeft((before) => new Set([...before, name])),
    told,
    confirmed,
    confirm: (sentence, yes) => setConfirmed((before) => new Set(yes ? [...before, sentence] : [...before].filter((each) => each !== sentence))),
    fromDraft: draft !== null && touched ? (draft.from ?? "typed") : null,
    discard: () => {
      dropDraft(sessionStorage, key);
      setTouched(false);
      setTexts(textsOf(shape, kept?.record ?? null));
      setVersion(kept?.version ?? 0);
    },
    busy,
    problem,
    conflict: problem instanceof ApiError && problem.status === 409,
    rebase: (next, newer) => {
      setVersion(next);
      setProblem(null);
      if (newer) setTexts(newer);
    },
    save,
  };
}

/** The texts in which anything stands. */
function stated(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ""));
}
