/** Words, numbers and dates in the language of the user, switched at once. */

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { en, type Key } from "./en";
import { zh } from "./zh";

export type Language = "en" | "zh";
export type { Key };
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
}

const Context = createContext<Words | null>(null);

export function translate(language: Language, key: Key, values: Record<string, string | number> = {}): string {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
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
    }),
    [language, setLanguage],
  );
  return <Context.Provider value={words}>{children}</Context.Provider>;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) throw new Error("useWords outside of LanguageProvider");
  return words;
}
