import { type ReactNode, useRef } from "react";
import { SWRConfig } from "swr";
import { LanguageProvider } from "./language";
import { SessionProvider, useSession } from "./session";
import { Shell } from "./shell/Shell";
import { SignIn } from "./shell/SignIn";
import { Trouble } from "./parts/Trouble";
import { Waiting } from "./parts/Waiting";
import { Pages } from "./pages";

export function App(): ReactNode {
  return (
    <LanguageProvider>
      <SWRConfig value={{ revalidateOnFocus: false, shouldRetryOnError: false }}>
        <SessionProvider>
          <Door />
        </SessionProvider>
      </SWRConfig>
    </LanguageProvider>
  );
}

/** Ask who is there. Who was signed in and is no longer signs in above the page, which keeps what was typed. */
function Door(): ReactNode {
  const { session, error, refresh } = useSession();
  const wasIn = useRef(false);
  if (error) return <Trouble error={error} onRetry={refresh} />;
  if (!session) return <Waiting />;
  if (session.signed_in) wasIn.current = true;
  if (!wasIn.current) return <SignIn />;
  return (
    <>
      <Shell closed={!session.signed_in}>
        <Pages />
      </Shell>
      {session.signed_in ? null : <SignIn again />}
    </>
  );
}
