/** The record of a verification: its sheets and files, who verified it, and who approved it; an approved one is locked. */

import { type FormEvent, type ReactNode, useState } from "react";
import useSWR from "swr";
import { get } from "../../api";
import { useWords } from "../../language";
import { FileList, type ListedFile } from "../../parts/FileList";
import { Trouble } from "../../parts/Trouble";
import { useMay, useSession } from "../../session";
import { DECISIONS, type DoneState, type VerificationSignature } from "../../types/verifications";
import { goalName } from "./sureness";
import { ToRecords } from "./ToRecords";
import { ROLES } from "../accounts/roles";
import type { VerificationInHand } from "./useVerification";

interface Props {
  hand: VerificationInHand;
  state: DoneState;
}

export function Signing({ hand, state }: Props): ReactNode {
  const { t } = useWords();
  const one = state.signatures.length > 1 && new Set(state.signatures.map((each) => each.by)).size === 1;
  return (
    <section className="panel" aria-labelledby="record">
      <h2 id="record">{t("verify.record")}</h2>
      {state.unsound.length ? (
        <p className="trouble" role="alert">
          {t("verify.sign.unsound")} {state.unsound.join("; ")}
        </p>
      ) : null}
      {state.signatures.length ? null : <p className="soft">{t("verify.sign.none")}</p>}
      {state.signed_before.map((each) => (
        <p key={each.meaning} className="warn">
          △ {t("verify.sign.before", { name: each.by })}
        </p>
      ))}
      <ul className="list">
        {state.signatures.map((each) => (
          <Signed key={each.meaning} signature={each} />
        ))}
      </ul>
      {one ? <p className="warn">⚠ {t("verify.sign.onePerson")}</p> : null}
      {state.approved ? <p className="good">✓ {t("verify.sign.locked")}</p> : <Next hand={hand} state={state} />}
      {state.approved ? <ToRecords state={state} /> : null}
      <Files state={state} />
    </section>
  );
}

function Signed({ signature }: { signature: VerificationSignature }): ReactNode {
  const { t, date, said } = useWords();
  const roles = signature.role.split(", ").map((each) => {
    const role = ROLES.find((one) => one === each);
    return role ? t(`role.${role}`) : (said(each, true) ?? each);
  });
  return (
    <li>
      <span>
        <strong>{t(`verify.sign.${signature.meaning}`)}</strong> {signature.by} ({roles.join(", ")}): {t(`verify.decided.${signature.decided}`)}
      </span>
      <span className="soft">
        {date(signature.at)} {signature.at.slice(11, 16)} UTC · {t("plan.sign.version", { version: signature.version })}
      </span>
      <span className="soft" lang="en">
        {signature.decision}
      </span>
      <span>
        {t("verify.sign.hash")} <code>{signature.short_hash}</code>
      </span>
    </li>
  );
}

/** What comes next: sheets of these seeds, then the signature of one person, then of another. */
function Next({ hand, state }: Props): ReactNode {
  const { t } = useWords();
  const { session } = useSession();
  const may = useMay("physicist", "clinician");
  const me = session?.user?.name ?? "";
  const verified = state.signatures.find((each) => each.meaning === "verified");
  if (!may) return null;
  if (state.stale || !state.run.sheets)
    return (
      <>
        <p className="soft">{t("verify.sheets.text")}</p>
        <button type="button" className="primary" disabled={hand.working || hand.busy} onClick={() => void hand.start("sheets")}>
          {t("verify.sheets.write")}
        </button>
      </>
    );
  if (state.numbering.differ && !state.numbering.explained) return <p className="warn">△ {t("verify.numbers.unsigned")}</p>;
  if (state.searched.other) return <p className="warn">△ {t("verify.search.unsigned")}</p>;
  if (verified && verified.by === me && !session?.local) return <p>{t("plan.sign.second", { name: verified.by })}</p>;
  return (
    <>
      {verified && session?.local ? <p className="warn">⚠ {t("verify.sign.oneUser")}</p> : null}
      <Form key={verified ? "approved" : "verified"} hand={hand} state={state} meaning={verified ? "approved" : "verified"} />
    </>
  );
}

function Form({ hand, state, meaning }: Props & { meaning: "verified" | "approved" }): ReactNode {
  const { t } = useWords();
  const [remark, setRemark] = useState("");
  const missed = state.goals.filter((goal) => goal.hard && !goal.met).map((goal) => goalName(t, goal));
  const open = state.seeds.filter((seed) => seed.doubtful && seed.state === "open").length;

  function sign(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const decided = new FormData(event.currentTarget).get("decided");
    void hand.change("sign", { run: state.run.name, meaning, decided, remark });
  }

  return (
    <form className="stack" onSubmit={sign}>
      {missed.length ? <p className="warn">△ {t("plan.sign.missed", { goals: missed.join("; ") })}</p> : null}
      {open ? <p className="warn">△ {t("verify.open", { count: open })}</p> : null}
      <label>
        {t("verify.decided")}
        <select name="decided" defaultValue={state.signatures[0]?.decided ?? "accept"}>
          {DECISIONS.map((each) => (
            <option key={each} value={each}>
              {t(`verify.decided.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t("verify.remark")}
        <textarea value={remark} maxLength={1000} rows={2} onChange={(event) => setRemark(event.target.value)} />
      </label>
      <button className="primary" disabled={hand.busy || hand.working}>
        {t(meaning === "verified" ? "verify.sign.do" : "plan.sign.doApproved")}
      </button>
    </form>
  );
}

function Files({ state }: { state: DoneState }): ReactNode {
  const { t } = useWords();
  const at = `/verifications/${state.verification}/files`;
  const { data, error } = useSWR([at, state.run.at, state.signatures.length], () => get<{ files: ListedFile[] }>(at));
  return (
    <details>
      <summary>{t("verify.files", { count: data?.files.length ?? 0 })}</summary>
      {error ? <Trouble error={error} /> : null}
      {state.stale ? <p className="warn">△ {t("verify.files.stale")}</p> : null}
      <FileList files={data?.files ?? []} at={at} />
    </details>
  );
}
