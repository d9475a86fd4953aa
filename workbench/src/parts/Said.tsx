import type { ReactNode } from "react";
import { useWords } from "../language";

/** A sentence of the server, of records of a kind: in the language where there is one, else in English, marked as such. */
export function Said({ text, kind }: { text: string; kind?: string | undefined }): ReactNode {
  const { said, language } = useWords();
  const own = said(text, false, kind);
  if (own !== null) return language === "en" ? own : <span title={text}>{own}</span>;
  return <span lang="en">{text}</span>;
}

/** The same within a sentence of the page: "Expected: {0}". */
export function SaidWithin({ around, text, kind }: { around: string; text: string; kind?: string | undefined }): ReactNode {
  const [before = "", after = ""] = around.split("{0}");
  return (
    <>
      {before}
      <Said text={text} kind={kind} />
      {after}
    </>
  );
}
