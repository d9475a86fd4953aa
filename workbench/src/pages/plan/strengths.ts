/** Strengths of seeds in stock: read as a clinic writes them, and told apart by a letter. */

/** 1 mCi apparent activity of iodine-125 is 1.270 U (AAPM TG-43). */
export const U_PER_MCI = 1.27;
export const ACTIVITIES_MCI: readonly [number, number] = [0.1, 2];
const MOST = 10;
/** A strength within so much of another is that one, as the server takes it. */
const SAME = 1e-3;

/** Whether a comma may part two numbers or be a decimal one: "0,7", "1,2 0.5"; not "0.7,0.5". */
export function commaIsUnclear(text: string): boolean {
  return text.split(/[\s;，；、]+/).some((part) => {
    const pieces = part.split(",");
    return pieces.some((each, at) => at > 0 && /^\d+$/.test(each) && /^\d+$/.test(pieces[at - 1] ?? ""));
  });
}

/** Activities in mCi as typed, one or several; null where they are none, too many, or a comma may mean either. */
export function activitiesOf(text: string): number[] | null {
  if (commaIsUnclear(text)) return null;
  const parts = text.split(/[\s,;，；、]+/).filter((part) => part !== "");
  const values = parts.map(Number);
  const [least, most] = ACTIVITIES_MCI;
  if (!values.length || values.length > MOST || values.some((value) => !(value >= least && value <= most))) return null;
  return [...new Set(values)].sort((one, other) => other - one);
}

export function strengthText(strength_u: number): string {
  return `${strength_u.toFixed(3)} U (${(strength_u / U_PER_MCI).toFixed(2)} mCi)`;
}

export function letterOfStrength(at: number): string {
  return at < 0 ? "?" : String.fromCharCode(65 + at);
}

/** Which of the stock a strength is; -1 where it is none. */
export function placeInStock(stock: readonly number[], strength_u: number): number {
  return stock.findIndex((each) => Math.abs(each - strength_u) <= SAME * each);
}

/** What all have in common, or null. */
export function common(values: readonly (number | undefined)[]): number | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}
