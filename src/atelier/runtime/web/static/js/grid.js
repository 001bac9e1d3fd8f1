// A wall of pictures is one stop for the Tab key; the arrow keys walk in it as the eye does.

function centre(link) {
  const box = link.closest("li").getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

function neighbour(links, from, key) {
  const here = centre(from);
  const vertical = key === "ArrowUp" || key === "ArrowDown";
  const sign = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
  let best = null;
  let least = Infinity;
  for (const link of links) {
    const there = centre(link);
    const along = sign * (vertical ? there.y - here.y : there.x - here.x);
    const across = Math.abs(vertical ? there.x - here.x : there.y - here.y);
    const far = along + 4 * across;
    if (link !== from && along > 4 && far < least) [best, least] = [link, far];
  }
  return best;
}

function rove(grid, to) {
  for (const link of grid.querySelectorAll(".card-link")) link.tabIndex = link === to ? 0 : -1;
}

for (const grid of document.querySelectorAll("[data-grid]")) {
  rove(grid, grid.querySelector(".card-link"));
  grid.addEventListener("focusin", (event) => {
    if (event.target.matches(".card-link")) rove(grid, event.target);
  });
  grid.addEventListener("keydown", (event) => {
    const links = [...grid.querySelectorAll(".card-link")];
    const from = event.target.closest(".card-link");
    if (!from) return;
    const ends = { Home: links[0], End: links.at(-1) };
    const to = ends[event.key] ?? (event.key.startsWith("Arrow") ? neighbour(links, from, event.key) : null);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
}

// Pictures that htmx brings later join with their first neighbour's stop.
let before = 0;
document.addEventListener("htmx:beforeSwap", () => {
  before = document.activeElement.closest(".grid-more") ? document.querySelectorAll(".card-link").length : 0;
});
document.addEventListener("htmx:afterSwap", () => {
  if (before) document.querySelectorAll(".card-link")[before]?.focus();
  for (const grid of document.querySelectorAll("[data-grid]")) rove(grid, grid.querySelector(".card-link"));
});
