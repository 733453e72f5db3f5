document.querySelectorAll("th button").forEach((button) => {
  button.addEventListener("click", () => {
    const head = button.closest("th");
    const at = Array.from(head.parentNode.children).indexOf(head);
    const body = head.closest("table").tBodies[0];
    const up = head.getAttribute("aria-sort") !== "ascending";
    head.parentNode.querySelectorAll("th").forEach((each) => each.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const text = (row) => row.children[at].textContent.trim();
    Array.from(body.rows)
      .sort((one, other) => text(one).localeCompare(text(other), "en", { numeric: true }) * (up ? 1 : -1))
      .forEach((row) => body.appendChild(row));
  });
});
