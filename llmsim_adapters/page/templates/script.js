"use strict";
(() => {
  const table = document.getElementById("models"), body = table.tBodies[0];
  const rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
  const text = document.getElementById("text"), status = document.getElementById("status");
  const count = document.getElementById("count"), many = rows.length;
  const details = rows.map((row) => document.getElementById(row.dataset.of));
  const lines = rows.map((row, at) => document.getElementById("line-" + at));
  const found = rows.map((row, at) => Array.from(row.cells).concat(details[at]).map((one) => one.textContent).join(" ").toLowerCase());
  const chart = document.querySelector(".chart");
  const causes = Array.from(document.querySelectorAll("tr[data-cause]")), chosen = document.createElement("button");
  let sorted = "", cause = null;
  const value = (row, at) => {
    const cell = row.cells[at], exact = cell.dataset.v;
    return exact === undefined ? cell.textContent.trim().toLowerCase() : Number(exact);
  };
  const compare = (a, b) => {
    const empty = (v) => v === "" || v === "–";
    if (empty(a) || empty(b)) return empty(a) - empty(b);
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  };
  const named = (one) => one.cells[0].textContent;
  const sort = (at, down) => {
    const order = rows.slice().sort((one, other) => {
      const a = value(one, at), b = value(other, at), least = compare(a, b);
      return a === "" || a === "–" || b === "" || b === "–" || !down ? least : -least;
    });
    order.forEach((row) => body.append(row));
    heads.forEach((head, other) => head.setAttribute("aria-sort", other === at ? (down ? "descending" : "ascending") : "none"));
    sorted = at + (down ? "d" : "a");
  };
  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0, drawn = 0;
    rows.forEach((row, at) => {
      const held = (row.dataset.causes || "").split(" ");
      const on = (cause === null || held.includes(cause.dataset.cause)) && (!status.value || row.dataset.status === status.value) && words.every((word) => found[at].includes(word));
      row.hidden = details[at].hidden = !on;
      if (lines[at]) lines[at].classList.toggle("off", !on);
      drawn += on && lines[at] !== null;
      shown += on;
    });
    if (chart) chart.classList.toggle("many", drawn > 8);
    causes.forEach((one) => one.cells[0].firstChild.setAttribute("aria-pressed", String(one === cause)));
    chosen.hidden = cause === null;
    if (cause) chosen.textContent = "Held back by " + named(cause) + " ×";
    count.textContent = shown + " of " + many + " models";
  };
  const keep = () => {
    const state = new URLSearchParams();
    if (text.value) state.set("text", text.value);
    if (status.value) state.set("status", status.value);
    if (cause) state.set("cause", named(cause));
    if (sorted) state.set("sort", sorted);
    history.replaceState(null, "", "#" + state.toString());
  };
  const restore = () => {
    const name = location.hash.slice(1);
    const target = name && document.getElementById(name);
    if (target) {
      if (target.tagName === "DETAILS") target.open = true;
      return;
    }
    const state = new URLSearchParams(name);
    text.value = state.get("text") || "";
    status.value = state.get("status") || "";
    cause = causes.find((one) => named(one) === state.get("cause")) || null;
    const wanted = /^(\d+)([ad])$/.exec(state.get("sort") || "");
    if (wanted && Number(wanted[1]) < heads.length) sort(Number(wanted[1]), wanted[2] === "d");
    filter();
  };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      sort(at, head.getAttribute("aria-sort") === "ascending");
      keep();
    });
  });
  causes.forEach((one) => {
    const button = document.createElement("button");
    button.type = "button";
    button.title = "Show these models only";
    button.textContent = named(one);
    one.cells[0].replaceChildren(button);
    button.addEventListener("click", () => {
      cause = cause === one ? null : one;
      filter();
      keep();
      if (cause) document.getElementById("all").scrollIntoView();
    });
  });
  chosen.type = "button";
  chosen.title = "Show the other models again";
  chosen.addEventListener("click", () => { cause = null; filter(); keep(); text.focus(); });
  text.parentNode.parentNode.append(chosen);
  rows.forEach((row, at) => {
    if (!lines[at]) return;
    for (const event of ["mouseenter", "focusin"]) row.addEventListener(event, () => lines[at].classList.add("on"));
    for (const event of ["mouseleave", "focusout"]) row.addEventListener(event, () => lines[at].classList.remove("on"));
  });
  for (const input of [text, status]) input.addEventListener("input", () => { filter(); keep(); });
  addEventListener("hashchange", restore);
  addEventListener("beforeprint", () => details.forEach((one) => { one.open = true; }));
  document.getElementById("filters").hidden = false;
  restore();
  filter();
})();
