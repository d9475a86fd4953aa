/** Names of people as DICOM keeps them, written as people write them. */

const PARTS = "^";
const GROUPS = "=";

/**
 * Write a DICOM person name (PS3.5, 6.2): family, given, middle, prefix, suffix between carets, in up to three scripts.
 *
 * In Chinese the ideographs are taken where there are any, family name first and without a blank.
 */
export function personName(value: string, language: string): string {
  const [alphabetic = "", ideographic = ""] = value.split(GROUPS).map((group) => group.split(PARTS).map((part) => part.trim()));
  const letters = joined(alphabetic, ", ");
  const signs = joined(ideographic, "");
  return (language === "zh" ? signs || letters : letters || signs) || value;
}

function joined(parts: readonly string[] | string, between: string): string {
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = parts;
  const rest = [prefix, given, middle, suffix].filter(Boolean).join(" ");
  return [family, rest].filter(Boolean).join(between);
}
