/** The kinds of records with their fields, read once; and what their fields and choices are called. */

import { useMemo } from "react";
import useSWR from "swr";
import { get } from "../../api";
import type { Language } from "../../language";
import type { FieldShape, KindShape, PlainValue } from "../../types/clinic";

export function useKinds(): ReadonlyMap<string, KindShape> | undefined {
  const { data } = useSWR("/records/kinds", (path: string) => get<{ kinds: KindShape[] }>(path), { revalidateIfStale: false });
  return useMemo(() => data && new Map(data.kinds.map((each) => [each.kind, each])), [data]);
}

export type Kinds = ReadonlyMap<string, KindShape>;

/** What a value of a field is called in a language; the value itself where it has no name. */
export function valueText(field: FieldShape | undefined, value: PlainValue | null | undefined, language: Language): string {
  if (value === null || value === undefined || value === "") return "–";
  const plain = typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
  const choice = field?.choices.find((each) => each.value === plain);
  if (choice) return choice[language];
  return field?.unit ? `${plain} ${field.unit}` : plain;
}

export function fieldOf(kinds: Kinds | undefined, kind: string, name: string): FieldShape | undefined {
  return kinds?.get(kind)?.fields.find((each) => each.name === name);
}
