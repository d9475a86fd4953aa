import type { ReactNode } from "react";
import { useWords } from "../language";

export function Waiting(): ReactNode {
  const { t } = useWords();
  return (
    <p className="waiting" role="status">
      {t("app.loading")}…
    </p>
  );
}
