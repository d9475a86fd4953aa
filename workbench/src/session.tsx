/** Who is signed in, asked of the server once and whenever that may have changed. */

import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import useSWR from "swr";
import { get, send, setCsrf, whenSignedOut } from "./api";

export type Role = "viewer" | "clinician" | "physicist" | "researcher" | "administrator";

export interface Session {
  signed_in: boolean;
  user: { name: string; display_name: string; roles: Role[] } | null;
  csrf: string;
  version: string;
  local: boolean;
  oidc: boolean;
  today: string;
}

export interface SessionState {
  session: Session | undefined;
  /** Who is signed in, or was until the session ended: the page stays as it was while somebody signs in again. */
  known: Session["user"];
  error: unknown;
  signIn: (name: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
  refresh: () => void;
}

const Context = createContext<SessionState | null>(null);

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const { data, error, mutate } = useSWR("/session", async (path: string) => {
    const session = await get<Session>(path);
    setCsrf(session.csrf);
    return session;
  });
  useEffect(() => whenSignedOut(() => void mutate()), [mutate]);
  const known = useRef<Session["user"]>(null);
  if (data?.signed_in) known.current = data.user;
  const state: SessionState = {
    session: data,
    known: known.current,
    error,
    signIn: async (name, password) => {
      const before = known.current?.name;
      await send("POST", "/session", { name, password });
      const now = await mutate();
      if (before && now?.user && now.user.name !== before) location.assign("/"); // what another person saw goes
    },
    signOut: async () => {
      await send("DELETE", "/session");
      location.assign("/");
    },
    refresh: () => void mutate(),
  };
  return <Context.Provider value={state}>{children}</Context.Provider>;
}

export function useSession(): SessionState {
  const state = useContext(Context);
  if (!state) throw new Error("useSession outside of SessionProvider");
  return state;
}

/** Whether the user has one of some roles. */
export function useMay(...roles: Role[]): boolean {
  const { known } = useSession();
  return known?.roles.some((role) => roles.includes(role)) ?? false;
}
