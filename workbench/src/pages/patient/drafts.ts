/** What was typed and not yet saved: kept in this tab alone, so that it survives errors and a reload. */

export interface Draft {
  texts: Record<string, string>;
  version: number;
  /** What filled it in, where that was no person. */
  from?: "verification";
}

const START = "seedbed.draft";
type Place = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function draftKey(user: string, patient: string, kind: string, key: readonly unknown[] | null): string {
  return JSON.stringify([START, user, patient, kind, key]);
}

export function readDraft(place: Place, key: string): Draft | null {
  try {
    const found: unknown = JSON.parse(place.getItem(key) ?? "null");
    if (!found || typeof found !== "object") return null;
    const { texts, version, from } = found as Partial<Draft>;
    if (!texts || typeof version !== "number" || Object.values(texts).some((each) => typeof each !== "string")) return null;
    return { texts, version, ...(from === "verification" ? { from } : {}) };
  } catch {
    return null;
  }
}

export function keepDraft(place: Place, key: string, draft: Draft): void {
  try {
    place.setItem(key, JSON.stringify(draft));
  } catch {
    /* a full or forbidden storage: the form itself still holds the text */
  }
}

export function dropDraft(place: Place, key: string): void {
  place.removeItem(key);
}
