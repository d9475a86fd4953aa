import type { ReactNode } from "react";
import { ApiError } from "../api";
import { useWords } from "../language";

/** What went wrong, in a sentence, and what to do about it. */
export function Trouble({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const { t } = useWords();
  const refusal = error instanceof ApiError ? error.refusal : null;
  return (
    <div className="trouble" role="alert">
      <strong>{t("error.title")}</strong>
      {refusal ? (
        <>
          <p>{refusal.came}</p>
          <p>{t("error.expected", { expected: refusal.expected })}</p>
          <p>{t("error.do", { do: refusal.do })}</p>
        </>
      ) : (
        <p>{error instanceof Error ? error.message : String(error)}</p>
      )}
      {onRetry ? (
        <button type="button" onClick={onRetry}>
          {t("app.retry")}
        </button>
      ) : null}
    </div>
  );
}
