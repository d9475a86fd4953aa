/** Numbers as people type them: never read as another number than was meant. */

const FULL_WIDTH = /[\uff01-\uff5e]/g;
const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/;
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;

/**
 * Read a number: 61.5, 61,5, ６１．５. Null where nothing stands; NaN for what is no number or can be two.
 *
 * 1,234 is 1.234 to one and 1234 to another: neither is taken. The server reads the same way.
 */
export function readNumber(typed: string): number | null {
  const text = typed
    .replace(FULL_WIDTH, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace("\u2212", "-")
    .trim();
  if (text === "") return null;
  if (!NUMBER.test(text) || GROUPED.test(text)) return Number.NaN;
  return Number(text.replace(",", "."));
}
