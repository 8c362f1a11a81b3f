import { logIn } from "./connection.ts";
import { labels } from "./labels.ts";
import { phase } from "./store.ts";
import { html, useEffect, useRef, type VNode } from "./view.ts";

/** Asks for the dashboard's password. */
export function LoginView(): VNode {
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
