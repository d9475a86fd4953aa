import type { ReactNode } from "react";
import useSWR from "swr";
import { get } from "../api";
import { useWords } from "../language";
import { Trouble } from "../parts/Trouble";
import { Waiting } from "../parts/Waiting";
import { useSession } from "../session";
import type { Account } from "../types/cohort";
import { AccountRow } from "./accounts/AccountRow";
import { NewAccount } from "./accounts/NewAccount";
import { Trail } from "./accounts/Trail";

export default function Accounts(): ReactNode {
  const { t } = useWords();
  const { session } = useSession();
  const { data, error, mutate } = useSWR("/accounts", (path: string) => get<{ accounts: Account[] }>(path));
  if (error) return <Trouble error={error} onRetry={() => void mutate()} />;
  if (!data) return <Waiting />;
  return (
    <>
      <h1>{t("nav.accounts")}</h1>
      <div className="people">
        <section className="panel">
          <h2>{t("accounts.title")}</h2>
          {data.accounts.length ? (
            <div className="wide">
              <table className="accounts">
                <thead>
                  <tr>
                    <th scope="col">{t("accounts.name")}</th>
                    <th scope="col">{t("accounts.roles")}</th>
                    <th scope="col">{t("accounts.state")}</th>
                    <th scope="col">{t("accounts.changed")}</th>
                    <th scope="col">{t("accounts.do")}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.accounts.map((each) => (
                    <AccountRow key={each.name} account={each} onChanged={() => void mutate()} />
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <p className="soft">{t(session?.local ? "accounts.local" : "accounts.none")}</p>
          )}
        </section>
        <NewAccount first={!data.accounts.length} onAdded={() => void mutate()} />
      </div>
      <Trail />
    </>
  );
}
