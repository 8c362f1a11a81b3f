import { App } from "./app.ts";
import { connect } from "./connection.ts";
import { html, render } from "./view.ts";

render(html`<${App} />`, document.body);
connect();
