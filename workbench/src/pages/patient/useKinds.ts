/** The kinds of records with their fields, read once; and what their fields and choices are called. */

import { useMemo } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { type Language, rememberFields } from "../../language";
import type { FieldShape, KindShape, PlainValue } from "../../types/clinic";

export function useKinds(): ReadonlyMap<string, KindShape> | undefined {
  const { data } = useSWR("/records/kinds", (path: string) => get<{ kinds: KindShape[] }>(path), { revalidateIfStale: false });
  return useMemo(() => {
    if (!data) return undefined;
    for (const { kind, fields } of data.kinds) rememberFields(kind, labelsOf(fields, "zh"), labelsOf(fields, "en"));
    return new Map(data.kinds.map((each) => [each.kind, each]));
  }, [data]);
}

function labelsOf(fields: readonly FieldShape[], language: Language): [string, string][] {
  return fields.map((field) => [field.name, field.label[language]]);
}

export type Kinds = ReadonlyMap<string, KindShape>;

/** What a value of a field is called in a language; the value itself where it has no name. */
export function valueText(field: FieldShape | undefined, value: PlainValue | null | undefined, language: Language): string {
  if (value === null || value === undefined || value === "") return "–";
  const plain = typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  const choice = field?.choices.find((each) => each.value === plain);
  if (choice) return choice[language];
  return field?.unit ? `${plain} ${unitText(field.unit, language)}` : plain;
}

const UNITS: Record<string, Record<Language, string>> = {
  months: { en: "months", zh: "个月" },
  min: { en: "min", zh: "分钟" },
  "mg/d": { en: "mg/d", zh: "mg/日" },
  "1e9/L": { en: "10⁹/L", zh: "10⁹/L" },
};

/** How a unit is written in a language. */
export function unitText(unit: string, language: Language): string {
  return UNITS[unit]?.[language] ?? unit;
}

export function fieldOf(kinds: Kinds | undefined, kind: string, name: string): FieldShape | undefined {
  return kinds?.get(kind)?.fields.find((each) => each.name === name);
}
