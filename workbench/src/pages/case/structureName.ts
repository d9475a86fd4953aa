/** The name of a structure: what the server and DICOM can keep, known before anything is drawn. */

export const LONGEST_NAME = 64;
/** A backslash parts values in DICOM; what cannot be printed cannot be read again. A plain blank can. */
const UNKEPT = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

export type NameFault = "unkept" | "exists";

/** What speaks against a name among those that are there; null where nothing does. */
export function nameFault(name: string, taken: readonly string[]): NameFault | null {
  const letters = [...name].length;
  if (letters === 0 || letters > LONGEST_NAME || name !== name.trim() || UNKEPT.test(name)) return "unkept";
  return taken.includes(name) ? "exists" : null;
}
