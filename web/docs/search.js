// The reference's search: shows the names that have every word in them, and sections with any.

const search = /** @type {HTMLInputElement} */ (document.getElementById("search"));
const found = /** @type {HTMLOutputElement} */ (document.getElementById("found"));
const names = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("li[data-name]"));

function show() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const item of names) {
    const name = (item.dataset.name ?? "").toLowerCase();
    item.hidden = !words.every((word) => name.includes(word));
    count += item.hidden ? 0 : 1;
  }
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !section.querySelector("li[data-name]:not([hidden])");
  }
  found.value = words.length ? `${count} of ${names.length}` : "";
}

search.addEventListener("input", show);
search.parentElement?.removeAttribute("hidden");
show(); // The browser may have kept what was typed before.
