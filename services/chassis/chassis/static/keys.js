// Officers' pages without a mouse: one letter moves or presses; ? tells which, and switches them off.
"use strict";

(function () {
  const OFF = "keys:off";
  const one = (selector) => document.querySelector(`main ${selector}`);
  const rows = () =>
    [...document.querySelectorAll("main table.cards tbody tr")]
      .map((row) => row.querySelector("th a, td a"))
      .filter((link) => link && link.offsetParent);

  function move(by) {
    const links = rows();
    if (!links.length) return;
    const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (!next) return;
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
  }

  function tick() {
    const row = document.activeElement.closest("tr");
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.click();
  }

  function open(details) {
    details.open = true;
    const first = details.querySelector("input:not([type=hidden]), select, textarea, button");
    (first || details.querySelector("summary")).focus();
  }

  const press = (element) => (element.matches("input, select") ? element.focus() : element.click());

  // Key, what it does in words, whether this page has it, and doing it.
  const KEYS = [
    ["/", "Ke kotak pencarian", () => one("[role=search] input"), (box) => box.select() || box.focus()],
    ["j", "Baris berikutnya; Enter membukanya", () => rows()[0], () => move(1)],
    ["k", "Baris sebelumnya", () => rows()[0], () => move(-1)],
    ["x", "Pilih baris ini", () => one("tr input[type=checkbox]"), tick],
    ["n", "Berikutnya", () => one("a[rel=next]"), press],
    ["p", "Sebelumnya", () => one("a[rel=prev]"), press],
    ["u", "Kembali ke atas satu tingkat", () => [...document.querySelectorAll(".crumbs a")].pop(), press],
    ...[...document.querySelectorAll("[data-key]")].map((element) => [
      element.dataset.key,
      element.dataset.keyLabel || element.textContent.trim(),
      () => element,
      (found) => (found.querySelector("details") ? open(found.querySelector("details")) : press(found)),
    ]),
  ];
  const here = () => KEYS.filter(([, , there]) => there());

  function help() {
    const dialog = document.createElement("dialog");
    dialog.className = "keys";
    dialog.setAttribute("aria-labelledby", "keys-heading");
    const lines = here().map(([key, words]) => `<div><dt><kbd>${key}</kbd></dt><dd></dd></div>`);
    dialog.innerHTML =
      '<h2 id="keys-heading">Pintasan papan tik</h2>' +
      `<dl class="pairs">${lines.join("")}<div><dt><kbd>?</kbd></dt><dd>Daftar ini</dd></div></dl>` +
      '<p class="choice"><input type="checkbox" id="keys-off">' +
      '<label for="keys-off">Matikan pintasan di peramban ini</label></p>' +
      '<form method="dialog"><button class="button">Tutup</button></form>';
    here().forEach(([, words], n) => (dialog.querySelectorAll("dd")[n].textContent = words));
    const off = dialog.querySelector("#keys-off");
    off.checked = localStorage.getItem(OFF) === "yes";
    off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "yes" : "no"));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  for (const button of document.querySelectorAll("[data-keys-help]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }

  const typing = (element) =>
    element.isContentEditable ||
    element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat === undefined) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (localStorage.getItem(OFF) === "yes") return;
    if (event.key === "?") return void (event.preventDefault(), help());
    const found = here().find(([key]) => key === event.key);
    if (!found) return;
    event.preventDefault();
    found[3](found[2]());
  });

  for (const button of document.querySelectorAll("[data-tick-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const boxes = [...button.form.querySelectorAll("tr input[type=checkbox]")];
      const all = boxes.every((box) => box.checked);
      for (const box of boxes) box.checked = !all;
    });
  }
})();
