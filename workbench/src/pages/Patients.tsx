import type { ReactNode } from "react";
import { useWords } from "../language";

export default function Patients(): ReactNode {
  const { t } = useWords();
  return <h1>{t("nav.patients")}</h1>;
}
