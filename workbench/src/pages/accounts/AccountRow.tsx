/** One account: roles, password and whether it is in use are changed here, against the version that is seen. */

import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { send } from "../../api";
import { useWords } from "../../language";
import { Trouble } from "../../parts/Trouble";
import type { Account } from "../../types/cohort";
import { Roles } from "./Roles";
import { sameRoles } from "./roles";

interface Props {
  account: Account;
  onChanged: () => void;
}

export function AccountRow({ account, onChanged }: Props): ReactNode {
  const { t, date } = useWords();
  const [roles, setRoles] = useState(account.roles);
  const [password, setPassword] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => setRoles(account.roles), [account]);

  async function change(asked: object): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await send("PATCH", `/accounts/${encodeURIComponent(account.name)}`, { version: account.version, ...asked });
      setPassword(null);
    } catch (refused) {
      setProblem(refused);
    } finally {
      setBusy(false);
      onChanged();
    }
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    void change({ password });
  }

  return (
    <>
      <tr className={account.disabled ? "off" : undefined}>
        <th scope="row">
          {account.display_name}
          <br />
          <span className="soft small">{account.name}</span>
        </th>
        <td>
          <Roles of={account.name} roles={roles} onChange={setRoles} />
          {sameRoles(roles, account.roles) ? null : (
            <p className="row">
              <button type="button" className="primary" disabled={busy || !roles.length} onClick={() => void change({ roles })}>
                {t("accounts.saveRoles")}
              </button>
              <button type="button" onClick={() => setRoles(account.roles)}>
                {t("app.cancel")}
              </button>
            </p>
          )}
        </td>
        <td>{account.disabled ? `✗ ${t("accounts.disabled")}` : `✓ ${t("accounts.enabled")}`}</td>
        <td className="soft small">
          {date(account.changed_at)}
          <br />
          {account.changed_by}
        </td>
        <td>
          <div className="row">
            <button type="button" disabled={busy} onClick={() => void change({ disabled: !account.disabled })}>
              {t(account.disabled ? "accounts.enable" : "accounts.disable")}
            </button>
            {account.signs_in_with === "password" ? (
              <button type="button" aria-expanded={password !== null} onClick={() => setPassword(password === null ? "" : null)}>
                {t("accounts.setPassword")}
              </button>
            ) : (
              <span className="soft small">{t("accounts.oidc")}</span>
            )}
          </div>
        </td>
      </tr>
      {password === null && !problem ? null : (
        <tr>
          <td colSpan={5}>
            {password === null ? null : (
              <form className="row" onSubmit={submit}>
                <label>
                  {t("accounts.newPassword", { name: account.display_name })}{" "}
                  <input type="password" autoComplete="new-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
                </label>
                <button className="primary" disabled={busy}>
                  {t("app.save")}
                </button>
                <span className="soft small">{t("accounts.password.text")}</span>
              </form>
            )}
            {problem ? <Trouble error={problem} /> : null}
          </td>
        </tr>
      )}
    </>
  );
}
