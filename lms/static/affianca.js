// Affianca: what a page does beyond its links and forms. Nothing here is needed to get a thing done.
(() => {
  "use strict";
  const token = document.querySelector("meta[name=form-token]")?.content;
  const on = (type, act) => document.addEventListener(type, act);

  // htmx carries the form token.
  on("htmx:configRequest", e => { if (token) e.detail.headers["X-CSRFToken"] = token; });

  // A form goes once: a second press within some seconds is not sent.
  const busy = (form, is) => form.querySelectorAll("button").forEach(b => is ? b.setAttribute("aria-busy", "true") : b.removeAttribute("aria-busy"));
  on("submit", e => {
    const form = e.target;
    if (e.defaultPrevented || form.method !== "post") return;
    if (form.sent) return e.preventDefault();
    form.sent = true;
    clearTimeout(form.draft);
    busy(form, true);
    setTimeout(() => { form.sent = false; busy(form, false); }, 8000);
  });
  addEventListener("pageshow", e => { if (e.persisted) for (const f of document.forms) { f.sent = false; busy(f, false); } });

  // Drafts: what is typed is kept on the server, two seconds after the last key.
  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, c =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const save = async form => {
    clearTimeout(form.draft);
    if (!form.dirty || form.sent) return;
    form.dirty = false;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.set("once", uuid());
    let ok = false;
    try {
      ok = (await fetch(form.dataset.autosave, {method: "POST", body, keepalive: true, redirect: "manual", headers: {"X-CSRFToken": token, "X-Draft": "1"}})).ok;
    } catch { /* no network: said below, tried again */ }
    const said = form.querySelector("[data-said]");
    if (said) {
      said.classList.toggle("late", !ok);
      said.lastElementChild.textContent = ok ? form.dataset.saved.replace("{}", new Date().toLocaleTimeString(document.documentElement.lang, {hour: "numeric", minute: "2-digit"})) : form.dataset.unsaved;
    }
    if (!ok) { form.dirty = true; form.draft = setTimeout(save, 15000, form); }
  };
  on("input", e => {
    const form = e.target.form;
    if (!form?.dataset.autosave) return;
    form.dirty = true;
    clearTimeout(form.draft);
    form.draft = setTimeout(save, 2000, form);
  });
  on("visibilitychange", () => { if (document.hidden) document.querySelectorAll("form[data-autosave]").forEach(save); });

  // A passage selected in [data-section="x"] fills quote, before, after and offset of the form [data-quotes="x"].
  on("selectionchange", () => {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    const node = range.commonAncestorContainer;
    const section = (node.nodeType === 1 ? node : node.parentElement).closest("[data-section]");
    const form = section && document.querySelector(`form[data-quotes="${CSS.escape(section.dataset.section)}"]`);
    if (!form) return;
    // What was taken out (del) and what is only for readers (.vh) is not part of the text.
    const text = r => {
      const part = r.cloneContents();
      part.querySelectorAll("del, .vh").forEach(x => x.remove());
      return part.textContent;
    };
    const upTo = document.createRange(), from = document.createRange();
    upTo.setStart(section, 0); upTo.setEnd(range.startContainer, range.startOffset);
    from.setStart(range.endContainer, range.endOffset); from.setEnd(section, section.childNodes.length);
    const before = text(upTo), quote = text(range);
    const values = {quote: quote.trim(), before: before.slice(-40), after: text(from).slice(0, 40), offset: before.length + quote.length - quote.trimStart().length};
    if (values.quote) for (const name in values) if (form.elements[name]) form.elements[name].value = values[name];
  });

  // Copy a text: the button shows itself only where it can work.
  for (const b of document.querySelectorAll("button[data-copy]")) b.hidden = !navigator.clipboard;
  on("click", async e => {
    const b = e.target.closest("button[data-copy]");
    if (!b) return;
    await navigator.clipboard.writeText(document.querySelector(b.dataset.copy).textContent.trim());
    if (b.dataset.done) b.lastChild.textContent = b.dataset.done;
  });

  // The ring of a projected code: it empties, and at zero says "due" (for hx-trigger).
  const turn = () => {
    for (const ring of document.querySelectorAll(".ring[data-until]")) {
      ring.end ??= performance.now() + (ring.dataset.left * 1000 || new Date(ring.dataset.until) - Date.now());
      const left = Math.max(0, (ring.end - performance.now()) / 1000);
      ring.lastElementChild.textContent = Math.ceil(left);
      ring.children[1].setAttribute("stroke-dasharray", `${(270.2 * left / ring.dataset.every).toFixed(1)} 271`);
      if (!left && !ring.due) { ring.due = true; ring.dispatchEvent(new CustomEvent("due", {bubbles: true})); }
    }
  };
  if (document.body.classList.contains("wall")) setInterval(turn, 250);
})();
