// Comfort for those who have JavaScript: typed text survives a crash, and a half-filled form warns before it is left.
"use strict";

(function () {
  const DRAFT_DAYS = 14;
  const stores = [window.sessionStorage, window.localStorage];
  let leaving = false;

  const keyOf = (form) => "draft:" + (form.getAttribute("action") || location.pathname) + "#" + (form.id || "form");
  const kept = (form) =>
    [...form.elements].filter(
      (box) =>
        box.name &&
        !["hidden", "password", "file", "submit", "button"].includes(box.type) &&
        box.dataset.keep !== "no",
    );
  const isChoice = (box) => box.type === "checkbox" || box.type === "radio";

  // Beyond this tab only for who asked for it, with the box that the form then has.
  const keepBox = (form) => form.querySelector("[data-keep-draft] input");
  const storeOf = (form) => stores[Number(Boolean(keepBox(form) && keepBox(form).checked))];

  function drop(key) {
    for (const store of stores) store.removeItem(key);
  }

  function save(form) {
    const draft = { at: Date.now() };
    for (const box of kept(form)) {
      const key = isChoice(box) ? box.name + "=" + box.value : box.name;
      draft[key] = isChoice(box) ? box.checked : box.value;
    }
    drop(keyOf(form));
    storeOf(form).setItem(keyOf(form), JSON.stringify(draft));
  }

  function restore(form) {
    const [ofTab, beyond] = stores.map((store) => JSON.parse(store.getItem(keyOf(form)) || "null"));
    if (beyond && keepBox(form)) keepBox(form).checked = true;
    const draft = ofTab || beyond;
    if (!draft) return;
    for (const box of kept(form)) {
      if (isChoice(box)) {
        if (draft[box.name + "=" + box.value]) box.checked = true;
      } else if (!box.value && draft[box.name]) {
        // What the server sent back is newer than the draft.
        box.value = draft[box.name];
      }
    }
    form.dataset.dirty = "yes";
  }

  for (const key of Object.keys(stores[1]).filter((name) => name.startsWith("draft:"))) {
    const { at } = JSON.parse(stores[1].getItem(key));
    if (Date.now() - at > DRAFT_DAYS * 24 * 3600 * 1000) drop(key);
  }

  for (const form of document.querySelectorAll("form[data-draft]")) {
    for (const box of form.querySelectorAll("[data-keep-draft]")) box.hidden = false;
    restore(form);
    form.addEventListener("input", () => {
      form.dataset.dirty = "yes";
      save(form);
    });
    form.addEventListener("submit", () => {
      leaving = true;
    });
  }

  for (const mark of document.querySelectorAll("[data-forget-draft]")) {
    for (const key of stores.flatMap((store) => Object.keys(store))) {
      if (key.startsWith("draft:" + mark.dataset.forgetDraft)) drop(key);
    }
  }

  window.addEventListener("beforeunload", (event) => {
    if (!leaving && document.querySelector('form[data-dirty="yes"]')) event.preventDefault();
  });

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // Each service counts its own; one that does not answer shows no number.
  for (const place of document.querySelectorAll("[data-count-of][hidden]")) {
    const count = (kind) =>
      fetch(`/api/${place.dataset.countOf}/${kind}?limit=1`)
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((told) => told.count);
    Promise.all([count("dead-letters"), count("failed-jobs")])
      .then(([messages, jobs]) => {
        place.textContent = messages + jobs;
        place.hidden = false;
      })
      .catch(() => {});
  }

  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();
})();
