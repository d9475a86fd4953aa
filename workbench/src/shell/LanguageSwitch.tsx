import type { ReactNode } from "react";
import { type Language, useWords } from "../language";

const NAMES: [Language, string][] = [
  ["en", "English"],
  ["zh", "中文"],
];

export function LanguageSwitch(): ReactNode {
  const { language, setLanguage, t } = useWords();
  return (
    <div className="switch" role="group" aria-label={t("user.language")}>
      {NAMES.map(([code, name]) => (
        <button key={code} type="button" lang={code} aria-pressed={language === code} onClick={() => setLanguage(code)}>
          {name}
        </button>
      ))}
    </div>
  );
}
