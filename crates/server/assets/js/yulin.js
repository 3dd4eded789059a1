// What every page does beyond HTML. Each page works without it.
"use strict";
(() => {
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const meta = name => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  const word = name => document.getElementById("words")?.dataset[name] ?? "";
  const make = (tag, text, set = {}) => Object.assign(document.createElement(tag), set, text ? { textContent: text } : {});

  // The session's token goes with every request of htmx.
  document.addEventListener("htmx:config:request", event => {
    event.detail.ctx.request.headers["x-csrf"] = meta("csrf");
  });

  // Menus: one open at a time; Escape and a click elsewhere close it.
  const closeMenus = except => all("details.drop[open]").forEach(d => { if (d !== except) d.open = false; });
  document.addEventListener("toggle", event => {
    if (event.target.matches?.("details.drop") && event.target.open) closeMenus(event.target);
  }, true);
  document.addEventListener("click", event => closeMenus(event.target.closest("details.drop")));
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    const open = document.activeElement?.closest("details.drop[open]");
    closeMenus();
    open?.querySelector("summary").focus();
  });

  // A question before something is done.
  const ask = question => new Promise(resolve => {
    if (!window.HTMLDialogElement) return resolve(window.confirm(question));
    const dialog = make("dialog", "", { className: "ask" });
    const form = make("form", "", { method: "dialog" });
    const text = make("p", question, { id: "ask-text" });
    const buttons = make("div", "", { className: "actions" });
    buttons.append(make("button", word("ok"), { value: "ok" }), make("button", word("cancel"), { value: "", className: "quiet" }));
    form.append(text, buttons);
    dialog.append(form);
    dialog.setAttribute("aria-labelledby", "ask-text");
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "ok"); });
    document.body.append(dialog);
    dialog.showModal();
  });
  document.addEventListener("submit", async event => {
    const form = event.target, question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (!question || form.dataset.asked) { delete form.dataset.asked; return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(question)) {
      form.dataset.asked = "1";
      form.requestSubmit ? form.requestSubmit(event.submitter) : form.submit();
    }
  }, true);
  document.addEventListener("htmx:confirm", event => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (!ctx.confirm) return;
    event.preventDefault();
    ask(ctx.confirm).then(yes => yes ? issueRequest() : dropRequest());
  });

  // A second click does not send a form twice.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 3000);
  });

  // Typed text is not lost by a stray click.
  const dirty = new Set();
  document.addEventListener("input", event => {
    const form = event.target.form;
    if (form?.matches("[data-guard], [data-autosave]")) dirty.add(form);
  });
  document.addEventListener("submit", event => dirty.delete(event.target));
  window.addEventListener("beforeunload", event => {
    if ([...dirty].some(form => form.isConnected && form.hasAttribute("data-guard"))) event.preventDefault();
  });

  // Drafts stay in this browser until the form was sent. They belong to one account and go when it signs out.
  const prefix = "yulin:draft:";
  const keyOf = form => `${prefix}${document.body.dataset.account}:${form.dataset.autosave}`;
  const kept = form => Array.from(form.elements).filter(e => e.name && !["hidden", "password", "file", "submit", "button"].includes(e.type));
  const read = form => kept(form).map(e => [e.name, e.type === "checkbox" || e.type === "radio" ? e.checked : e.value, e.value]);
  const store = (key, value) => { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* full or forbidden: no draft */ } };
  const load = key => { try { return localStorage.getItem(key); } catch { return null; } };
  const fill = (form, values) => {
    const fields = kept(form);
    values.forEach(([name, value, own], i) => {
      const field = fields[i]?.name === name ? fields[i] : fields.find(f => f.name === name && (typeof value !== "boolean" || f.value === own));
      if (!field) return;
      if (typeof value === "boolean") field.checked = value; else field.value = value;
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const autosave = form => {
    const key = keyOf(form), before = load(key);
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => store(key, JSON.stringify(read(form))), 400);
    });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      // It is dropped when the next page shows that the form was taken; a failed one is still there.
      store(key, JSON.stringify(read(form)));
      try { sessionStorage.setItem("yulin:sent", JSON.stringify([key, location.pathname])); } catch { /* as above */ }
    });
    if (!before || before === JSON.stringify(read(form))) return;
    const bar = make("p", "", { className: "notice draft" });
    const restore = make("button", word("restore"), { type: "button", className: "small" });
    const drop = make("button", word("drop"), { type: "button", className: "small quiet" });
    restore.addEventListener("click", () => { fill(form, JSON.parse(before)); dirty.add(form); bar.remove(); });
    drop.addEventListener("click", () => { store(key, null); bar.remove(); });
    bar.setAttribute("role", "status");
    bar.append(word("draft"), " ", restore, " ", drop);
    form.prepend(bar);
  };
  try {
    const [key, path] = JSON.parse(sessionStorage.getItem("yulin:sent") ?? "[]");
    // Another page, or the same one with a note: the form was taken.
    if (key && (path !== location.pathname || document.querySelector(".notice.done"))) store(key, null);
    sessionStorage.removeItem("yulin:sent");
  } catch { /* as above */ }
  all("form[data-autosave]").forEach(autosave);
  document.addEventListener("htmx:after:process", event => all("form[data-autosave]", event.target).forEach(form => {
    if (!form.dataset.watched) { form.dataset.watched = "1"; autosave(form); }
  }));
  all("form[data-autosave]").forEach(form => { form.dataset.watched = "1"; });
  all("form[data-leave]").forEach(form => form.addEventListener("submit", () => {
    try { Object.keys(localStorage).filter(k => k.startsWith(prefix)).forEach(k => localStorage.removeItem(k)); } catch { /* as above */ }
  }));

  // Small things.
  document.addEventListener("click", async event => {
    const copy = event.target.closest("[data-copy], [data-copy-from]");
    if (copy) {
      const from = copy.dataset.copyFrom && document.querySelector(copy.dataset.copyFrom);
      const text = copy.dataset.copy ?? from?.value ?? from?.textContent ?? "";
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // Without TLS there is no clipboard for pages: the old way.
        const area = make("textarea", "", { value: text, className: "visually-hidden" });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      const was = copy.textContent;
      copy.textContent = word("copied");
      setTimeout(() => { copy.textContent = was; }, 1500);
    }
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", event => {
    if (event.target.matches("select[data-submit], input[data-submit]")) event.target.form.requestSubmit();
  });
})();
