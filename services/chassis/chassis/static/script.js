// Comfort for those who have JavaScript: typed text survives a crash, and a half-filled form warns before it is left.
"use strict";

(function () {
  const store = window.sessionStorage;
  let leaving = false;

  const keyOf = (form) => "draft:" + location.pathname + "#" + (form.id || "form");
  const kept = (form) =>
    [...form.elements].filter(
      (box) =>
        box.name &&
        !["hidden", "password", "file", "submit", "button"].includes(box.type) &&
        box.dataset.keep !== "no",
    );
  const isChoice = (box) => box.type === "checkbox" || box.type === "radio";

  function save(form) {
    const draft = {};
    for (const box of kept(form)) {
      const key = isChoice(box) ? box.name + "=" + box.value : box.name;
      draft[key] = isChoice(box) ? box.checked : box.value;
    }
    store.setItem(keyOf(form), JSON.stringify(draft));
  }

  function restore(form) {
    const draft = JSON.parse(store.getItem(keyOf(form)) || "null");
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

  for (const form of document.querySelectorAll("form[data-draft]")) {
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
    for (const key of Object.keys(store)) {
      if (key.startsWith("draft:" + mark.dataset.forgetDraft)) store.removeItem(key);
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
