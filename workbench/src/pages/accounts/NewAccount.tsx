import { type FormEvent, type ReactNode, useState } from "react";
import { send } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { Role } from "../../session";
import { Roles } from "./Roles";

const EMPTY = { name: "", display_name: "", password: "", roles: [] as Role[] };

export function NewAccount({ first, onAdded }: { first: boolean; onAdded: () => void }): ReactNode {
  const { t } = useWords();
  const [asked, setAsked] = useState(EMPTY);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await send("POST", "/accounts", asked);
      setAsked(EMPTY);
      onAdded();
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
    }
  }

  const field = (name: "name" | "display_name" | "password", type: string, complete: string): ReactNode => (
    <label className="field">
      {t(`accounts.${name}`)}
      <input type={type} autoComplete={complete} required={name !== "display_name"} value={asked[name]} onChange={(event) => setAsked({ ...asked, [name]: event.target.value })} />
    </label>
  );
  return (
    <form className="panel stack" onSubmit={(event) => void submit(event)}>
      <h2>{t("accounts.add")}</h2>
      {first ? <p className="warn small">△ {t("accounts.first")}</p> : null}
      {field("name", "text", "off")}
      {field("display_name", "text", "off")}
      {field("password", "password", "new-password")}
      <span className="soft small">{t("accounts.password.text")}</span>
      <Roles of={asked.name || t("accounts.add")} roles={asked.roles} onChange={(roles) => setAsked({ ...asked, roles })} />
      {problem ? <Trouble error={problem} /> : null}
      <div>
        <button className="primary" disabled={busy || !asked.roles.length}>
          {t("accounts.add")}
        </button>
      </div>
    </form>
  );
}
