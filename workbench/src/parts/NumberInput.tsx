/** A number typed as a text: the browser's own field drops a comma and makes 125 of 12,5. */

import { type ReactNode, useEffect, useRef, useState } from "react";
import { useWords } from "../language";
import { readNumber } from "../language/numbers";

interface Props {
  min: number;
  max: number;
  initial: number | null;
  whole?: boolean;
  required?: boolean;
  name?: string;
  disabled?: boolean;
  /** Called with each number that fits; null where nothing stands. */
  onNumber?: (value: number | null) => void;
  /** Called where what stands does not fit: outside of a form, say what is in force, or do nothing until it fits. */
  onUnfit?: () => void;
}

export function NumberInput({ min, max, initial, whole = false, required = false, name, disabled, onNumber, onUnfit }: Props): ReactNode {
  const { t } = useWords();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(initial === null ? "" : String(initial));
  const fits = (value: number | null): boolean => (value === null ? !required : value >= min && value <= max && (!whole || Number.isInteger(value)));
  const isGood = fits(readNumber(text));
  const sentence = isGood ? "" : t(whole ? "number.whole" : "number.fits", { min, max, example: exampleIn(min, max, initial) });
  useEffect(() => box.current?.setCustomValidity(sentence), [sentence]);
  return (
    <>
      <input
        ref={box}
        type="text"
        inputMode={whole ? "numeric" : "decimal"}
        name={name}
        value={text}
        maxLength={30}
        autoComplete="off"
        required={required}
        disabled={disabled}
        aria-invalid={!isGood || undefined}
        onChange={(event) => {
          setText(event.target.value);
          const read = readNumber(event.target.value);
          if (fits(read)) onNumber?.(read);
          else onUnfit?.();
        }}
      />
      {sentence && text.trim() ? (
        <span role="status" className="bad small">
          {sentence}
        </span>
      ) : null}
    </>
  );
}

/** A number that fits: the one that stood there, else one within. */
export function exampleIn(min: number, max: number, initial: number | null): number {
  if (initial !== null && initial >= min && initial <= max) return initial;
  if (min <= 0.7 && max >= 0.7) return 0.7;
  return Number(((min + max) / 2).toPrecision(2));
}
