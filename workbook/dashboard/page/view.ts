/**
 * The view library: Preact, written as tagged templates, so that the page needs no
 * build step, and signals, so that only what has changed is drawn anew.
 *
 * @module
 */
import htm from "htm";
import { h, type VNode } from "preact";

export { batch, computed, effect, signal } from "@preact/signals-core";
export { useComputed, useSignal } from "@preact/signals";
export { type ComponentChildren, render, type VNode } from "preact";
export { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Markup with values, such as `` html`<b>${name}</b>` ``; text is only ever text. */
export const html = htm.bind(h) as unknown as (
  strings: TemplateStringsArray,
  ...values: unknown[]
) => VNode;
