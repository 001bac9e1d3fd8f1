// Sorts a whole table in the browser; long tables sort on the server by links instead.

function valueOf(row, column) {
  const cell = row.cells[column];
  const raw = cell.dataset.value ?? cell.textContent.trim();
  const number = Number(raw);
  return raw !== "" && !Number.isNaN(number) ? number : raw;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("table[data-sort] button.sort");
  if (!button) return;
  const header = button.closest("th");
  const table = button.closest("table");
  const direction = header.ariaSort === "ascending" ? "descending" : "ascending";
  for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const rows = [...table.tBodies[0].rows].filter((row) => !row.querySelector(".is-empty"));
  rows.sort((a, b) => sign * compare(valueOf(a, header.cellIndex), valueOf(b, header.cellIndex)));
  table.tBodies[0].append(...rows);
});
