import { App } from "./app.ts";
import { startClock } from "./clock.ts";
import { connect } from "./connection.ts";
import { labels, language } from "./labels.ts";
import { startLargeType } from "./large_type.ts";
import { html, render } from "./view.ts";

document.documentElement.lang = language.value;
document.title = labels.value.title;
// First, since the server takes a moment to answer.
connect();
startLargeType();
startClock();
// What stood there until now.
document.body.replaceChildren();
render(html`<${App} />`, document.body);
