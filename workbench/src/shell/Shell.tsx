import type { ReactNode } from "react";
import { Link, useRoute } from "wouter";
import { type Key, useWords } from "../language";
import { type Role, useMay, useSession } from "../session";
import { useTheme } from "../theme";
import { Guard } from "./Guard";
import { LanguageSwitch } from "./LanguageSwitch";

interface Place {
  href: string;
  under: string;
  word: Key;
  roles: Role[];
}

const CARE: Role[] = ["viewer", "clinician", "physicist"];
const PLACES: Place[] = [
  { href: "/patients", under: "/patients/*?", word: "nav.patients", roles: CARE },
  { href: "/cases", under: "/cases/*?", word: "nav.cases", roles: CARE },
  { href: "/cohort", under: "/cohort/*?", word: "nav.cohort", roles: [...CARE, "researcher"] },
  { href: "/jobs", under: "/jobs/*?", word: "nav.jobs", roles: [...CARE, "researcher", "administrator"] },
  { href: "/accounts", under: "/accounts/*?", word: "nav.accounts", roles: ["administrator"] },
];

/** What stands about every page; `closed` while somebody has to sign in above it: nothing behind is reached. */
export function Shell({ closed = false, children }: { closed?: boolean; children: ReactNode }): ReactNode {
  const { t } = useWords();
  return (
    <div className="shell" inert={closed}>
      <a className="skip" href="#content">
        {t("nav.skip")}
      </a>
      <header className="top">
        <span className="brand">
          <img src="/favicon.svg" alt="" width={22} height={22} /> {t("app.name")}
        </span>
        <nav aria-label={t("nav.main")}>
          {PLACES.map((place) => (
            <NavLink key={place.href} place={place} />
          ))}
        </nav>
        <UserBox />
      </header>
      <main id="content" tabIndex={-1}>
        <Guard>{children}</Guard>
      </main>
      <footer className="notice">{t("app.notice")}</footer>
    </div>
  );
}

function NavLink({ place }: { place: Place }): ReactNode {
  const { t } = useWords();
  const allowed = useMay(...place.roles);
  const [here] = useRoute(place.under);
  if (!allowed) return null;
  return (
    <Link href={place.href} aria-current={here ? "page" : undefined}>
      {t(place.word)}
    </Link>
  );
}

function UserBox(): ReactNode {
  const { t } = useWords();
  const { session, signOut } = useSession();
  const [theme, setTheme] = useTheme();
  return (
    <div className="user">
      <LanguageSwitch />
      <div className="switch" role="group" aria-label={t("user.theme")}>
        {(["dark", "light"] as const).map((each) => (
          <button key={each} type="button" aria-pressed={theme === each} onClick={() => setTheme(each)}>
            {t(`user.${each}`)}
          </button>
        ))}
      </div>
      <span className="who">{session?.local ? t("user.local") : session?.user?.display_name}</span>
      {session?.local ? null : (
        <button type="button" onClick={() => void signOut()}>
          {t("user.signOut")}
        </button>
      )}
    </div>
  );
}
