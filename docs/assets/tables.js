// Long tables get a field that filters their rows, and headers that sort them; tables with the same headers that are long
// together, a section of each family for instance, get one field. Without scripts they are tables still.
"use strict";
(() => {
  const LONG = 40;
  const number = (text) => (/^[\d,.]+$/.test(text) ? Number(text.replaceAll(",", "")) : NaN);
  const least = (a, b) => {
    const x = number(a), y = number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  };
  const around = (table) => table.closest(".md-typeset__scrollwrap") || table;
  const sortable = (table) => {
    const body = table.tBodies[0];
    Array.from(table.tHead.rows[0].cells).forEach((head, at, heads) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        const rows = Array.from(body.rows, (row) => [row.cells[at].textContent.trim(), row]);
        rows.sort(([a], [b]) => (a === "") - (b === "") || (down ? -least(a, b) : least(a, b)));
        rows.forEach(([, row]) => body.append(row));
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
      });
    });
  };
  // What stands between a table and the heading of its section, which go with it.
  const section = (table) => {
    const parts = [];
    for (let part = around(table); part; part = part.previousElementSibling) {
      parts.push(part);
      if (/^H[1-6]$/.test(part.tagName)) break;
    }
    return parts;
  };
  const filterable = (tables) => {
    const alone = tables.length === 1;
    const parts = tables.map((table) => ({ rows: Array.from(table.tBodies[0].rows), section: alone ? [] : section(table) }));
    const field = document.createElement("input"), said = document.createElement("span"), place = document.createElement("p");
    field.type = "search";
    field.placeholder = "Filter";
    field.setAttribute("aria-label", "Filter the rows of the table");
    said.setAttribute("role", "status");
    place.className = alone ? "filter" : "filter many";
    place.append(field, said);
    const all = parts.reduce((sum, part) => sum + part.rows.length, 0);
    const filter = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const part of parts) {
        let here = 0;
        for (const row of part.rows) {
          const cells = Array.from(row.cells, (cell) => cell.textContent).join(" ").toLowerCase();
          row.hidden = !words.every((word) => cells.includes(word));
          here += !row.hidden;
        }
        part.section.forEach((one) => { one.hidden = !here; });
        shown += here;
      }
      said.textContent = ` ${shown} / ${all}`;
    };
    field.addEventListener("input", filter);
    (alone ? around(tables[0]) : parts[0].section[parts[0].section.length - 1]).before(place);
    filter();
  };
  const start = () => {
    const alike = new Map();
    for (const table of document.querySelectorAll("article table")) {
      if (!table.tHead || !table.tBodies[0]) continue;
      const heads = table.tHead.textContent;
      alike.set(heads, [...(alike.get(heads) || []), table]);
    }
    for (const tables of alike.values()) {
      if (tables.reduce((sum, table) => sum + table.tBodies[0].rows.length, 0) < LONG) continue;
      filterable(tables);
      tables.forEach(sortable);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
