import type { ReactNode } from "react";
import { useWords } from "../../language";
import type { Role } from "../../session";
import { ROLES, withRole } from "./roles";

interface Props {
  of: string;
  roles: readonly Role[];
  onChange: (roles: Role[]) => void;
}

export function Roles({ of, roles, onChange }: Props): ReactNode {
  const { t } = useWords();
  return (
    <fieldset className="plain ticks">
      <legend className="unseen">{t("accounts.rolesOf", { name: of })}</legend>
      {ROLES.map((each) => (
        <label key={each} className="tick">
          <input type="checkbox" checked={roles.includes(each)} onChange={(event) => onChange(withRole(roles, each, event.target.checked))} />
          {t(`role.${each}`)}
        </label>
      ))}
    </fieldset>
  );
}
