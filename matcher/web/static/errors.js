// A browser does not focus a date or time that a link leads to, since such a field is made of several.
for (const link of document.querySelectorAll("#errors a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(link.hash.slice(1)).focus();
  });
}
