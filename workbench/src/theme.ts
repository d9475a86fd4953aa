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

/** The theme that is shown: canvases must be drawn anew when it changes. */
export function useThemeName(): string {
  const [name, setName] = useState(document.documentElement.dataset["theme"] ?? "");
  useEffect(() => {
    const watch = new MutationObserver(() => setName(document.documentElement.dataset["theme"] ?? ""));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => watch.disconnect();
  }, []);
  return name;
}
