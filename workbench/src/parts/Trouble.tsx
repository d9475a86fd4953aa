import type { ReactNode } from "react";
import { ApiError, type Refusal } from "../api";
import { type Key, useWords } from "../language";
import { en } from "../language/en";
import { Said, SaidWithin } from "./Said";

/** What went wrong, in a sentence, and what to do about it; the kind of the records that it is about, if any. */
export function Trouble({ error, onRetry, kind }: { error: unknown; onRetry?: () => void; kind?: string }): ReactNode {
  const { t } = useWords();
  const refusal = error instanceof ApiError ? error.refusal : null;
  return (
    <div className="trouble" role="alert">
      {refusal ? (
        <RefusalText refusal={refusal} kind={kind} />
      ) : (
        <>
          <strong>{t("error.title")}</strong>
          <p lang="en">{error instanceof Error ? error.message : String(error)}</p>
        </>
      )}
      {onRetry ? (
        <button type="button" onClick={onRetry}>
          {t("app.retry")}
        </button>
      ) : null}
    </div>
  );
}

/** A lead by the code of the refusal, in the language, and its three parts; in English where there is nothing else. */
export function RefusalText({ refusal, kind }: { refusal: Refusal; kind?: string | undefined }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <strong>{t(leadOf(refusal.code))}</strong>
      <p>
        <Said text={refusal.came} kind={kind} />
      </p>
      <p>
        <SaidWithin around={t("error.expected", { expected: "{0}" })} text={refusal.expected} kind={kind} />
      </p>
      <p>
        <SaidWithin around={t("error.do", { do: "{0}" })} text={refusal.do} kind={kind} />
      </p>
    </>
  );
}

function leadOf(code: string): Key {
  const key = `code.${code}`;
  return Object.hasOwn(en, key) ? (key as Key) : "error.title";
}
