/** Which page stands at which address. Each is loaded when it is first shown. */

import { lazy, type ReactNode, Suspense } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { useWords } from "../language";
import { Waiting } from "../parts/Waiting";

const Patients = lazy(() => import("./Patients"));
const Cases = lazy(() => import("./Cases"));
const PlanPage = lazy(() => import("./Plan"));
const CasePage = lazy(() => import("./Case"));

export function Pages(): ReactNode {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/">
          <Redirect to="/patients" replace />
        </Route>
        <Route path="/patients" component={Patients} />
        <Route path="/cases" component={Cases} />
        <Route path="/cases/:case" component={CasePage} />
        <Route path="/plans/:plan" component={PlanPage} />
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}

function NotFound(): ReactNode {
  const { t } = useWords();
  return (
    <section className="panel narrow">
      <h1>{t("notFound.title")}</h1>
      <Link href="/patients">{t("notFound.home")}</Link>
    </section>
  );
}
