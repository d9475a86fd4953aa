/** What the fields of each kind of records are called on the page, for sentences that name them. */

type Labels = Map<string, Map<string, string>>;
const FIELDS: Labels = new Map();
const ENGLISH: Labels = new Map();
/** Of every kind, and in no form. */
const PATIENT = "patient_id";
/** Where a sentence names a field, and not what somebody typed: at its beginning, or that of a part. */
const NAMED = /(^|; |fact )'([a-z][a-z0-9_]*)'(?= (?:is|was|of) ([^;]*))/g;

/** Remember the labels of the fields of a kind, Chinese and English: a visit has another `on` than a death. */
export function rememberFields(kind: string, labels: Iterable<readonly [string, string]>, english: Iterable<readonly [string, string]> = []): void {
  FIELDS.set(kind, new Map(labels));
  ENGLISH.set(kind, new Map(english));
}

/** An English sentence with the labels of the page where it names fields of a kind of records. */
export function labelled(sentence: string, kind: string): string {
  if (!sentence.includes("'")) return sentence;
  return sentence.replace(NAMED, (whole, lead: string, name: string, after: string) => {
    const label = name === PATIENT ? "Patient" : labelOf(ENGLISH, name, [after, kind]);
    return label ? `${lead}'${label}'` : whole;
  });
}

/**
 * The label of a field; none where several kinds call it differently and nothing says which is meant.
 *
 * What says it are texts that begin with the name of a kind, "visit S-01, 2026-03" or "visit" alone; the first counts.
 */
export function fieldLabel(name: string, about: readonly string[]): string | undefined {
  return name === PATIENT ? "患者编号" : labelOf(FIELDS, name, about);
}

function labelOf(every: Labels, name: string, about: readonly string[]): string | undefined {
  for (const text of about) {
    const kinds = [...every.keys()].filter((kind) => text === kind || text.startsWith(`${kind} `));
    const label = kinds.map((kind) => every.get(kind)?.get(name)).find(Boolean);
    if (label) return label;
  }
  const labels = new Set([...every.values()].map((fields) => fields.get(name)).filter(Boolean));
  return labels.size === 1 ? [...labels][0] : undefined;
}
