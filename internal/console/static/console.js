// Speed for the review page: keys, and the next pair ready before it is asked
// for. Without this file every form and link works the same, only slower.
"use strict";

(() => {
  const keys = { a: "accept", x: "reject", " ": "skip", u: "undo" };
  let ready = null; // { url, page }: the next screen, already parsed
  let busy = false;

  const review = () => document.getElementById("review");
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  async function fetchPage(url, options) {
    const answer = await fetch(url, { credentials: "same-origin", ...options });
    const page = parse(await answer.text());
    if (!answer.ok || !page.getElementById("review")) throw new Error("not a review page");
    return { url: answer.url, page };
  }

  async function prepare() {
    const next = review() && review().dataset.next;
    ready = null;
    if (!next) return;
    try { ready = await fetchPage(next); } catch { ready = null; }
  }

  function show(page) {
    const main = page.getElementById("main");
    document.getElementById("main").replaceWith(document.importNode(main, true));
    document.title = page.title;
    document.getElementById("main").focus({ preventScroll: true });
  }

  // update takes what the server says after a decision without touching the
  // pair on the screen, unless the server shows another one.
  function update(page) {
    const here = review(), there = page.getElementById("review");
    if (here.dataset.candidate !== there.dataset.candidate) return show(page);
    for (const id of ["messages", "progress", "history"]) {
      const a = document.getElementById(id), b = page.getElementById(id);
      if (a && b) a.replaceWith(document.importNode(b, true));
    }
    here.dataset.next = there.dataset.next;
    here.dataset.open = there.dataset.open;
    const hidden = there.querySelector("#decide input[name=next]"), own = here.querySelector("#decide input[name=next]");
    if (hidden && own) own.value = hidden.value;
  }

  async function submit(form, submitter) {
    if (busy) return;
    busy = true;
    const body = new URLSearchParams(new FormData(form, submitter));
    const url = form.action;
    if (form.id === "decide" && ready) show(ready.page);
    try {
      const answer = await fetchPage(url, { method: "POST", body });
      update(answer.page);
      history.replaceState(null, "", answer.url.replace(/[?&](done|err)=[^&]*/g, ""));
      await prepare();
    } catch {
      location.assign(location.pathname); // the server tells how things stand
    } finally {
      busy = false;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!review() || !(form.id === "decide" || form.id === "undo")) return;
    event.preventDefault();
    submit(form, event.submitter);
  });

  document.addEventListener("keydown", (event) => {
    if (!review() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input, textarea, select, summary, button, a[href]") && event.key !== "Escape") return;
    if (event.key === "?") {
      const help = document.getElementById("help");
      help.open = !help.open;
      if (help.open) help.scrollIntoView();
      return;
    }
    const target = document.getElementById(keys[event.key]);
    if (!target || busy) return;
    event.preventDefault();
    if (target.id === "undo") submit(target, null);
    else target.click();
  });

  prepare();
})();
