/** When a series was made, in words. */

import { useWords } from "../../../language";

interface Dated {
  study_date: string | null;
  days_from_implant: number | null;
}

export function useDays(): { date: (of: Dated) => string; fromImplant: (of: Dated) => string } {
  const { t, date } = useWords();
  return {
    date: (of) => (of.study_date ? date(of.study_date) : t("pairs.noDate")),
    fromImplant: ({ days_from_implant: days }) => {
      if (days === null) return "";
      if (days < 0) return t(days === -1 ? "pairs.dayBefore" : "pairs.daysBefore", { days: -days });
      return days ? t("pairs.dayAfter", { days }) : t("pairs.implantDay");
    },
  };
}
