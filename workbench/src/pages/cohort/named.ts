/** Names of variables and classes in the language of the user, where it has one; else as the server says. */

import { type Key, useWords } from "../../language";
import { en } from "../../language/en";

export interface Named {
  variable: (name: string, label: string) => string;
  class: (name: string) => string;
  unit: (name: string) => string;
}

export function useNamed(): Named {
  const { t } = useWords();
  const word = (key: string, other: string): string => (Object.hasOwn(en, key) ? t(key as Key) : other);
  return {
    variable: (name, label) => word(`variable.${name}`, label),
    class: (name) => word(`class.${name}`, name),
    unit: (name) => word(`unit.${name}`, name),
  };
}
