import type { ReactNode } from "react";
import { useWords } from "../language";

/** A sentence of the server: in the language where there is one, else in English, marked as such. */
export function Said({ text }: { text: string }): ReactNode {
  const { said, language } = useWords();
  const own = said(text);
  if (own !== null) return language === "en" ? own : <span title={text}>{own}</span>;
  return <span lang="en">{text}</span>;
}

/** The same within a sentence of the page: "Expected: {0}". */
export function SaidWithin({ around, text }: { around: string; text: string }): ReactNode {
  const [before = "", after = ""] = around.split("{0}");
  return (
    <>
      {before}
      <Said text={text} />
      {after}
    </>
  );
}
