/** A page that breaks says so, and the others stay reachable. */

import { Component, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useWords } from "../language";

interface Props {
  broken: (error: unknown, again: () => void) => ReactNode;
  children: ReactNode;
}

class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error: error ?? "unknown" };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return this.props.broken(this.state.error, () => this.setState({ error: null }));
  }
}

/** Guards one page; another address is another page. */
export function Guard({ children }: { children: ReactNode }): ReactNode {
  const [place] = useLocation();
  return (
    <Boundary key={place} broken={(error, again) => <Broken error={error} again={again} />}>
      {children}
    </Boundary>
  );
}

function Broken({ error, again }: { error: unknown; again: () => void }): ReactNode {
  const { t } = useWords();
  return (
    <section className="panel">
      <h1>{t("broken.title")}</h1>
      <div className="trouble" role="alert">
        <p>{t("broken.text")}</p>
        <p lang="en">{error instanceof Error ? error.message : String(error)}</p>
        <button type="button" onClick={again}>
          {t("app.retry")}
        </button>
      </div>
    </section>
  );
}
