import { type FormEvent, type ReactNode, useState } from "react";
import { useWords } from "../language";
import { Trouble } from "../parts/Trouble";
import { useSession } from "../session";
import { LanguageSwitch } from "./LanguageSwitch";

export function SignIn({ again = false }: { again?: boolean }): ReactNode {
  const { t } = useWords();
  const { session, signIn } = useSession();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      await signIn(String(form.get("name")), String(form.get("password")));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className={again ? "curtain" : "door"} role={again ? "dialog" : "main"} aria-modal={again || undefined} aria-labelledby="sign-in">
      <form className="panel narrow" onSubmit={(event) => void submit(event)}>
        <h1 id="sign-in">{again ? t("signIn.title") : t("app.name")}</h1>
        <p className="soft">{again ? t("signIn.again") : t("app.notice")}</p>
        {session?.local ? <LocalEntry /> : <Fields error={error} busy={busy} />}
        {session?.oidc ? <a href="/api/v1/oidc/start">{t("signIn.oidc")}</a> : null}
        <LanguageSwitch />
      </form>
    </div>
  );
}

/** A single user has no password: the address that the program printed signs in, also in another tab. */
function LocalEntry(): ReactNode {
  const { t } = useWords();
  const { refresh } = useSession();
  return (
    <>
      <p>{t("signIn.local")}</p>
      <button type="button" className="primary" onClick={refresh} autoFocus>
        {t("app.retry")}
      </button>
    </>
  );
}

function Fields({ error, busy }: { error: unknown; busy: boolean }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <label>
        {t("signIn.name")}
        <input name="name" autoComplete="username" required autoFocus />
      </label>
      <label>
        {t("signIn.password")}
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {error ? <Trouble error={error} /> : null}
      <button className="primary" disabled={busy}>
        {t("signIn.do")}
      </button>
    </>
  );
}
