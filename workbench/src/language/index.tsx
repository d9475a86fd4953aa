/** Words, numbers and dates in the language of the user, switched at once. */

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { en, type Key } from "./en";
import { fieldLabel, labelled } from "./fields";
import { withoutOptions } from "./options";
import { type Sayer, sayerOf } from "./sentences";
import { zh } from "./zh";

export type Language = "en" | "zh";
export type { Key };
export { rememberFields } from "./fields";
const WORDS: Record<Language, Record<Key, string>> = { en, zh };
const TAG: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };
const KEPT = "seedbed.language";

export interface Words {
  language: Language;
  setLanguage: (language: Language) => void;
  t: (key: Key, values?: Record<string, string | number>) => string;
  /** A number with a fixed count of decimals; a dash where there is none. */
  number: (value: number | null | undefined, decimals?: number) => string;
  /** An ISO date, which may lack its day or month, in the order of the language. */
  date: (iso: string | null | undefined) => string;
  /** A sentence of the server in the language, of records of a kind; null where there is none for it but English. */
  said: Sayer;
  /** The same, in English where there is nothing else. */
  say: (sentence: string, asPart?: boolean, kind?: string) => string;
}

const Context = createContext<Words | null>(null);

/** A text with its values put in; {count:seed|seeds} is one word for 1 and the other for the rest. */
export function translate(language: Language, key: Key, values: Record<string, string | number> = {}): string {
  return WORDS[language][key].replace(/\{(\w+)(?::(\w+)\|(\w+))?\}/g, (whole, name: string, one?: string, many?: string) =>
    one ? (values[name] === 1 ? one : (many ?? "")) : String(values[name] ?? whole),
  );
}

/** Write an ISO date, whole or in part: 3 Feb 2026, 2026年2月3日. */
export function dateText(language: Language, iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
  if (!year || !month) return iso;
  const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "short", timeZone: "UTC" };
  if (day) options.day = "numeric";
  return new Intl.DateTimeFormat(TAG[language], options).format(new Date(Date.UTC(year, month - 1, day || 1)));
}

function remembered(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [language, set] = useState<Language>(remembered);
  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(KEPT, next);
    set(next);
  }, []);
  const sayer = useSayer(language);
  useEffect(() => {
    document.documentElement.lang = TAG[language];
  }, [language]);
  const words = useMemo<Words>(
    () => ({
      language,
      setLanguage,
      t: (key, values) => translate(language, key, values),
      number: (value, decimals = 1) => (value == null || !Number.isFinite(value) ? "–" : value.toFixed(decimals)),
      date: (iso) => (iso ? dateText(language, iso) : "–"),
      said: sayer,
      say: (sentence, asPart, kind) => sayer(sentence, asPart, kind) ?? sentence,
    }),
    [language, setLanguage, sayer],
  );
  return <Context.Provider value={words}>{children}</Context.Provider>;
}

/** What says sentences of the server: as they are in English, by a table that is loaded once in Chinese. */
function useSayer(language: Language): Sayer {
  const [sayer, setSayer] = useState<Sayer | null>(null);
  useEffect(() => {
    if (language !== "zh" || sayer) return;
    import("./sentences/index").then(
      ({ chinese }) => {
        const say = sayerOf(chinese, fieldLabel);
        setSayer((): Sayer => (sentence, ...rest) => say(withoutOptions(sentence), ...rest));
      },
      () => undefined, // no connection: sentences stay in English, under a Chinese lead
    );
  }, [language, sayer]);
  return language === "en" ? asItIs : (sayer ?? nothing);
}

function asItIs(sentence: string, _asPart?: boolean, kind = ""): string {
  return labelled(withoutOptions(sentence), kind);
}

function nothing(): null {
  return null;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) throw new Error("useWords outside of LanguageProvider");
  return words;
}
