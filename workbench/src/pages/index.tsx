/** Which page stands at which address. Each is loaded when it is first shown. */

import { lazy, type ReactNode, Suspense } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { useWords } from "../language";
import { Waiting } from "../parts/Waiting";
import { useMay } from "../session";

const Patients = lazy(() => import("./Patients"));
const PatientPage = lazy(() => import("./Patient"));
const Cases = lazy(() => import("./Cases"));
const PlanPage = lazy(() => import("./Plan"));
const Cohort = lazy(() => import("./Cohort"));
const Accounts = lazy(() => import("./Accounts"));
const Jobs = lazy(() => import("./Jobs"));
const CasePage = lazy(() => import("./Case"));
const VerifyPage = lazy(() => import("./Verify"));

export function Pages(): ReactNode {
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/">
          <Home />
        </Route>
        <Route path="/patients" component={Patients} />
        <Route path="/patients/*" component={PatientPage} />
        <Route path="/cases" component={Cases} />
        <Route path="/cases/:case" component={CasePage} />
        <Route path="/plans/:plan" component={PlanPage} />
        <Route path="/verifications/:verification" component={VerifyPage} />
        <Route path="/cohort/:analysis?" component={Cohort} />
        <Route path="/accounts" component={Accounts} />
        <Route path="/jobs" component={Jobs} />
        <Route component={NotFound} />
      </Switch>
    </Suspense>
  );
}

/** The first page of who is signed in: not everybody may see patients. */
function Home(): ReactNode {
  const care = useMay("viewer", "clinician", "physicist");
  const research = useMay("researcher");
  return <Redirect to={care ? "/patients" : research ? "/cohort" : "/accounts"} replace />;
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
