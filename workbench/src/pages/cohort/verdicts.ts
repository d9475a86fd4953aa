import type { Finding } from "../../types/cohort";

/** Part findings by class; classes and what is in them keep their order, the surest first. */
export function byClass(findings: readonly Finding[]): [string, Finding[]][] {
  const found = new Map<string, Finding[]>();
  for (const each of findings) found.set(each.class, [...(found.get(each.class) ?? []), each]);
  return [...found];
}
