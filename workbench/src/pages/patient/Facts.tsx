/** The facts that a rule used, each with where it was found. */

import type { ReactNode } from "react";
import { type Language, useWords } from "../../language";
import type { FactUsed } from "../../types/clinic";
import { type Kinds, fieldOf, valueText } from "./useKinds";

export function factName(name: string, kinds: Kinds, language: Language): string {
  return fieldOf(kinds, "screening", name)?.label[language] ?? name;
}

export function Facts({ facts, kinds }: { facts: readonly FactUsed[]; kinds: Kinds }): ReactNode {
  const { language, say } = useWords();
  if (!facts.length) return null;
  return (
    <ul className="notes">
      {facts.map((fact) => (
        <li key={fact.name}>
          {factName(fact.name, kinds, language)}: <strong>{fact.from ? valueText(fieldOf(kinds, "screening", fact.name), fact.value, language) : say(fact.value, true)}</strong> {fact.from ? <span>({say(fact.from, true)})</span> : null}
        </li>
      ))}
    </ul>
  );
}

/** What all sources begin with: named once, not in every row. */
export function commonStart(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  const ends = others.map((text) => [...first].findIndex((letter, at) => text[at] !== letter));
  const end = Math.min(first.length, ...ends.map((each) => (each < 0 ? first.length : each)));
  return others.length ? first.slice(0, first.slice(0, end).lastIndexOf(", ") + 2) : "";
}
