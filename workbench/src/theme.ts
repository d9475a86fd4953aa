/** Dark for reading rooms, light for the ward; kept for the next time. */

import { useEffect, useState } from "react";

export type Theme = "dark" | "light";
const KEPT = "seedbed.theme";

function remembered(): Theme {
  const kept = localStorage.getItem(KEPT);
  if (kept === "dark" || kept === "light") return kept;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, set] = useState<Theme>(remembered);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return [
    theme,
    (next) => {
      localStorage.setItem(KEPT, next);
      set(next);
    },
  ];
}
