import type { ReactNode } from "react";

/** What scrolls within its panel, also by the keyboard. */
export function Scrolled({ name, className = "across tall", children }: { name: string; className?: string; children: ReactNode }): ReactNode {
  return (
    <div className={className} role="region" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}
