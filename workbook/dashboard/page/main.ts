import { startClock } from "./clock.ts";
import { connect, logIn } from "./connection.ts";
import { labels, language } from "./labels.ts";
import { startLargeType, StateView } from "./state_view.ts";
import { phase, welcome } from "./store.ts";
import { Tabs } from "./tabs.ts";
import { TreeView } from "./tree_view.ts";
import { html, render, useEffect, useRef, type VNode } from "./view.ts";

document.documentElement.lang = language.value;
document.title = labels.value.title;
// First, since the server takes a moment to answer.
connect();
startLargeType();
startClock();
// What stood there until now.
document.body.replaceChildren();
render(html`<${App} />`, document.body);

/** The whole page: the tree beside what is open. */
function App(): VNode {
  const isLocked = phase.value === "password" ||
    phase.value === "wrong password";
  return html`
    <${StateView} />
    ${isLocked && html`<${LoginView} />`}
    ${!isLocked && welcome.value && html`
      <main>
        <${TreeView} />
        <${Tabs} />
      </main>
    `}
  ` as VNode;
}

/** Asks for the dashboard's password. */
function LoginView(): VNode {
  const field = useRef<HTMLInputElement>(null);
  const { dashboardPassword, enter, passwordWrong } = labels.value;
  const isWrong = phase.value === "wrong password";
  useEffect(() => field.current?.focus(), []);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    logIn(field.current!.value);
  };
  return html`
    <main class="login">
      <form onSubmit=${onSubmit}>
        <label for="password">${dashboardPassword}</label>
        <input
          type="password"
          id="password"
          ref=${field}
          autocomplete="current-password"
          aria-invalid=${isWrong ? "true" : undefined}
          aria-describedby="password-error"
        />
        <p class="error" role="alert" id="password-error">
          ${isWrong && passwordWrong}
        </p>
        <button type="submit" class="primary">${enter}</button>
      </form>
    </main>
  ` as VNode;
}
