// Affianca: the live page of a session without a network. Head counts and absent marks are kept in this browser, and
// sent in their order when there is a network. What the register refuses meanwhile is shown, never sent again.
(() => {
  "use strict";
  const page = () => document.querySelector("[data-live]");
  if (!page()) return;
  const box = `affianca live ${page().dataset.live}`;
  const ahead = Number(page().dataset.now) - Date.now();
  let held = {waiting: [], refused: []};
  try { held = JSON.parse(localStorage.getItem(box)) ?? held; } catch { /* nothing kept, or nothing may be */ }
  let sending = false, signedOut = false;

  const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, c =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  // What waits and what was refused, said in the page.
  const show = () => {
    const said = document.getElementById("kept");
    if (!said) return;
    const words = said.dataset, lines = said.querySelector("div > div");
    const line = text => { const p = document.createElement("p"); p.textContent = text; return p; };
    lines.replaceChildren();
    if (held.waiting.length) {
      const what = held.waiting.map(item => item.said).join(", ");
      lines.append(line((signedOut ? words.signedOut : words.waiting).replace("{}", what)));
    }
    for (const item of held.refused) lines.append(line(words.refused.replace("{}", `${item.said}. ${item.why}`)));
    if (held.refused.length) {
      const read = document.createElement("button");
      read.className = "btn";
      read.type = "button";
      read.textContent = words.done;
      read.addEventListener("click", () => { held.refused = []; keep(); });
      lines.append(read);
    }
    said.hidden = !lines.childElementCount;
    const marked = new Set(held.waiting.flatMap(item => item.body.filter(([name]) => name === "who").map(([, id]) => id)));
    for (const b of document.querySelectorAll("form[data-keep] button[name=who]")) {
      if (marked.has(b.value)) b.setAttribute("aria-disabled", "true"); else b.removeAttribute("aria-disabled");
    }
  };
  const keep = () => {
    try { localStorage.setItem(box, JSON.stringify(held)); } catch { /* kept while the page is open */ }
    show();
  };

  // One after the other: a number that another has waited for is known when it is sent.
  const why = async answer => {
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    return (found.querySelector("[role=alert] li") ?? found.querySelector("[role=alert] p") ?? found.querySelector("h1"))?.textContent.trim() ?? "";
  };
  const send = async () => {
    if (sending) return;
    sending = true;
    try {
      while (held.waiting.length) {
        const item = held.waiting[0];
        const answer = await fetch(item.action, {
          method: "POST", body: new URLSearchParams(item.body), redirect: "manual",
          headers: {"X-CSRFToken": document.querySelector("meta[name=form-token]").content, "HX-Request": "true"},
        });
        signedOut = [401, 403].includes(answer.status);
        if (signedOut || answer.status === 429 || answer.status >= 500) break;
        if (answer.type !== "opaqueredirect" && !answer.ok) held.refused.push({said: item.said, why: await why(answer)});
        held.waiting.shift();
        keep();
      }
    } catch { /* no network: tried again */ }
    sending = false;
    show();
    if (!held.waiting.length) page()?.dispatchEvent(new CustomEvent("noted"));
  };

  document.addEventListener("submit", e => {
    const form = e.target, by = e.submitter;
    if (!form.matches("form[data-keep]") || by?.getAttribute("aria-disabled")) return form.matches("form[data-keep]") && e.preventDefault();
    const body = [...new FormData(form, by)].filter(([name]) => name !== "csrf_token" && name !== "once");
    const counted = form.elements.counted;
    if (counted && !/^\d{1,3}$/.test(counted.value.trim())) return;  // the server says what is missing
    e.preventDefault();
    if (counted) {
      const before = held.waiting.filter(item => item.body.some(([name]) => name === "counted")).length;
      const known = body.find(([name]) => name === "known");
      if (known) known[1] = String(Number(known[1]) + before);
      counted.value = "";
    }
    const said = counted ? document.getElementById("kept").dataset.heads.replace("{}", body.find(([name]) => name === "counted")[1]) : by.dataset.said;
    held.waiting.push({action: form.getAttribute("action"), said, body: [...body, ["once", uuid()], ["at", String(Date.now() + ahead)]]});
    keep();
    send();
  }, true);

  // Lists stay open or shut as the reader left them when the page is brought up to date.
  let shut = {};
  document.addEventListener("htmx:beforeSwap", () => {
    shut = Object.fromEntries([...document.querySelectorAll("[data-live] details[id]")].map(d => [d.id, d.open]));
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, open] of Object.entries(shut)) { const d = document.getElementById(id); if (d) d.open = d.open || open; }
    show();
  });

  addEventListener("online", send);
  setInterval(() => { if (held.waiting.length) send(); }, 10000);
  addEventListener("beforeunload", e => { if (held.waiting.length) e.preventDefault(); });
  show();
  if (held.waiting.length) send();
})();
