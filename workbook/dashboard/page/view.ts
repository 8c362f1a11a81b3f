/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The view library: Preact, written as tagged templates, so that the page needs no
 * build step, and signals, so that only what has changed is drawn anew.
 *
 * @module
 */
export {
  batch,
  computed,
  effect,
  type Signal,
  signal,
} from "@preact/signals-core";
export { useSignal } from "@preact/signals";
export { html } from "htm/preact";
export { render, type VNode } from "preact";
export { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
